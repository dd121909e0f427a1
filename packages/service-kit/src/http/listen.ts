/** Opens a service's port so that `localhost` reaches it, whichever of 127.0.0.1 and ::1 the system means by that. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { HIGH_WATER_MARK } from './answer-body';
import { errorCodeOf } from './network-errors';

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Key and certificate in PEM; absent = plain HTTP. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

/** An open port. */
export interface Listening {
  readonly port: number;
  /** An address that works on this machine. */
  readonly url: string;
  /** Stops accepting and closes idle connections; resolves when the last running request has ended. */
  readonly close: () => Promise<void>;
  /** Cuts what still runs. */
  readonly closeAllConnections: () => void;
}

/** Connections between the services idle longer than their clients keep them, so that no request meets a closing socket. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/**
 * Connections that the system accepts while the process is busy (Linux takes at most `somaxconn`, 4096 by default): with
 * Node's 511 a burst of two thousand requests waited in SYN retries until its callers gave up.
 */
const BACKLOG = 8_192;

/** IPv4 hosts beside which [::1] is opened: on Windows `localhost` is ::1 first. */
const hostsWithLoopback6 = new Set(['0.0.0.0', '127.0.0.1', 'localhost']);

/** Tries to find one free port on both addresses when the system chooses it. */
const FREE_PORT_TRIES = 10;

export async function listen(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openBoth(listener, options);
    } catch (error) {
      const isTaken = errorCodeOf(error) === 'EADDRINUSE';
      if (options.port !== 0 || !isTaken || tries === FREE_PORT_TRIES) throw error;
    }
  }
}

async function openBoth(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  const host = options.host === 'localhost' ? '127.0.0.1' : options.host;
  const first = await openServer(listener, options, host, options.port);
  const port = (first.address() as AddressInfo).port;
  const servers = [first];
  if (hostsWithLoopback6.has(options.host)) {
    const second = await openServer(listener, options, '::1', port).catch(async (error: unknown) => {
      if (isWithoutIpv6(error)) return undefined;
      await closeServer(first);
      throw error;
    });
    if (second) servers.push(second);
  }
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${urlHost(host)}:${port}`,
    close: async () => void (await Promise.all(servers.map(closeServer))),
    closeAllConnections: () => servers.forEach((server) => server.closeAllConnections()),
  };
}

async function openServer(
  listener: RequestListener,
  { tls }: ListenOptions,
  host: string,
  port: number,
): Promise<Server> {
  // Node 22 and later would hold many times as much for a client that does not read.
  const options = { highWaterMark: HIGH_WATER_MARK };
  const server = tls ? createTlsServer({ ...options, ...tls }, listener) : createServer(options, listener);
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  // `close` shuts the connections that are idle at that moment only; one that becomes idle later would hold it.
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host === '::1', backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function isWithoutIpv6(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
