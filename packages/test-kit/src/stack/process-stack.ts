/** The built commands as real processes, as a user starts them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MEMORY_ENVIRONMENT, MEMORY_FLAGS } from '@orcestator/service-kit';
import { eventually } from '@orcestator/service-kit/testing';

export const root = join(__dirname, '..', '..', '..', '..');

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A process whose output is kept. */
export class TestProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';

  /** `entry` is below packages/, such as `cli/dist/main.js`. The environment's own OR_ variables are left out. */
  constructor(entry: string, args: readonly string[], env: Record<string, string>, cwd: string) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(OR|FASTCHAT)_|_PROXY$/i.test(name));
    this.child = spawn(process.execPath, [...MEMORY_FLAGS, join(root, 'packages', entry), ...args], {
      cwd,
      env: { ...MEMORY_ENVIRONMENT, ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, as a terminal makes one: Ctrl+C goes to all of it.
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => void this.child.once('close', resolve));
  }

  async hasPrinted(text: string, milliseconds = 20_000): Promise<void> {
    await eventually(() => this.output.includes(text) || this.child.exitCode !== null, milliseconds).catch(
      () => undefined,
    );
    if (!this.output.includes(text)) throw new Error(`"${text}" was not printed:\n${this.output}`);
  }

  /** As Ctrl+C in a terminal: to every process of the group. */
  interrupt(): void {
    this.signal('SIGINT');
  }

  /** Nothing of it is left afterwards, whatever the test did. */
  async end(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid ?? 0), signal);
    } catch {
      // The group is gone already.
    }
  }
}

/** Whether anything listens on the port of this machine. */
export async function isOpen(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** Process ids by their `ps` command line; Linux and macOS. */
export function pidOfPort(output: string, name: string): number {
  const match = new RegExp(`${name} .*listening .*pid=(\\d+)`).exec(output);
  return Number(match?.[1]);
}
