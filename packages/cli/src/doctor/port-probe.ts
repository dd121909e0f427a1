/** Whether a port can be had, and who has it. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { PortState } from './world';

/** Opens it for a moment, as the service would. */
export function probePort(host: string, port: number): Promise<PortState> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('taken');
      else if (error.code === 'EACCES') resolve('refused');
      else resolve('no_such_host');
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')));
  });
}

const COMMAND_TIMEOUT_MS = 2_000;

/** Asks the system, each in its own way; `undefined` where it does not say, or only to an administrator. */
export async function ownerOfPort(port: number, platform: string): Promise<string | undefined> {
  try {
    if (platform === 'linux') return linuxOwner(port);
    return platform === 'win32' ? await windowsOwner(port) : await lsofOwner(port);
  } catch {
    return undefined;
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const options = { timeout: COMMAND_TIMEOUT_MS, windowsHide: true };
  return (await promisify(execFile)(command, [...args], options)).stdout;
}

/** The socket's inode in /proc/net/tcp, then the process that holds it. */
function linuxOwner(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const row = rows
    .map((line) => line.trim().split(/\s+/))
    // Column 3 is the state: 0A = listening.
    .find((columns) => columns[1]?.endsWith(`:${wanted}`) && columns[3] === '0A');
  const link = `socket:[${row?.[9]}]`;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, link));
  return pid && `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`;
}

function holds(pid: string, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === link);
  } catch {
    return false;
  }
}

async function windowsOwner(port: number): Promise<string | undefined> {
  const pid = windowsPid(await output('netstat', ['-ano', '-p', 'TCP']), port);
  if (pid === undefined) return undefined;
  const task = await output('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  return `${/^"([^"]+)"/m.exec(task)?.[1] ?? 'процесс'} (pid ${pid})`;
}

/** The pid of a listener in the output of `netstat -ano`, whose state column is translated on a Russian Windows. */
export function windowsPid(netstat: string, port: number): string | undefined {
  const rows = netstat.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(([, local, remote]) => local?.endsWith(`:${port}`) && /:0$/.test(remote ?? ''))?.at(-1);
}

async function lsofOwner(port: number): Promise<string | undefined> {
  const text = await output('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return pid && `${/^c(.+)$/m.exec(text)?.[1] ?? 'процесс'} (pid ${pid})`;
}
