/** The gateway's address as its clients write it. */

/** Hosts that mean "every address of this machine", or this machine itself. */
const everywhere = ['', '0.0.0.0', '::', '[::]', '*', '127.0.0.1', '::1', '[::1]', 'localhost'];

/** `0.0.0.0` and loopback → `http://localhost:PORT` (the services listen on 127.0.0.1 and ::1 together); else that host. */
export function gatewayAddress(host: string, port: number): string {
  if (everywhere.includes(host)) return `http://localhost:${port}`;
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** `https://host/` and `https://host/v1` → `https://host`. */
export function withoutPath(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1(\/chat\/completions)?$/, '');
}
