/**
 * What clients that do not read cost each service, in four processes: `pnpm test:memory [CLIENTS] [SECONDS]`. Apart from the
 * tests, since other work on the machine keeps V8 from collecting and falsifies the figures. Linux and macOS (`ps`).
 *
 * When V8 collects is chance: the API server's growth differs by 20 MiB from run to run. What is really held is held each time,
 * so a measurement that fails is repeated once, and both are printed.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { FourProcesses, type ProcessName } from '../stack/four-processes';
import type { TestProcess } from '../stack/process-stack';
import { openSilentClients, standsStill } from './silent-clients';

const CLIENTS = Number(process.argv[2] ?? 200);
const SECONDS = Number(process.argv[3] ?? 30);
const MODEL = 'sim/text:200000';
const MEBIBYTE = 1024 * 1024;
/** MiB that a service may grow by, at any of the moments below. */
const LARGEST_GROWTH = 64;
const services = ['controller', 'worker', 'api-server'] as const satisfies readonly ProcessName[];

type Sizes = Readonly<Record<(typeof services)[number], number>>;

interface Recorded {
  readonly bytesSent: number;
  readonly outcome: string;
}

/** Resident memory in MiB. */
function residentOf(process: TestProcess | undefined): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(process?.child.pid)])) / 1024);
}

async function main(): Promise<void> {
  let failures = await measureOnce();
  if (failures.length > 0) {
    for (const failure of failures) print(`once more, since ${failure}`);
    failures = await measureOnce();
  }
  for (const failure of failures) print(`FAILED: ${failure}`);
  const checks = services.length + 1;
  print(`${checks - failures.length} passed, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}

async function measureOnce(): Promise<string[]> {
  const stack = await FourProcesses.start(() => ({ OR_LIMIT_WORKER_CONCURRENCY: String(CLIENTS * 2) }));
  try {
    return await measure(stack);
  } finally {
    await stack.end();
  }
}

async function measure({ processes, apiPort, simulatorUrl }: FourProcesses): Promise<string[]> {
  const sizes = (): Sizes => {
    const [controller = 0, worker = 0, api = 0] = services.map((name) => residentOf(processes.get(name)));
    return { controller, worker, 'api-server': api };
  };
  const recorded = async (): Promise<Recorded[]> =>
    (await (await fetch(`${simulatorUrl}/sim/requests`)).json()) as Recorded[];
  const sent = async (): Promise<number> =>
    (await recorded()).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  const running = async (): Promise<number> =>
    (await recorded()).filter(({ outcome }) => outcome === 'running').length;

  await pause(1_000);
  const idle = sizes();
  print(`idle, MiB: ${services.map((name) => `${name} ${idle[name]}`).join(', ')}`);
  const largest = { ...idle };
  const look = (moment: string): void => {
    const now = sizes();
    for (const name of services) largest[name] = Math.max(largest[name], now[name]);
    print(`${moment}: ${services.map((name) => `${name} +${now[name] - idle[name]}`).join(', ')}`);
  };

  const clients = await openSilentClients(`http://127.0.0.1:${apiPort}`, CLIENTS, MODEL);
  const filled = await standsStill(sent, { limit: 120_000, quiet: 3_000 });
  look('buffers full');
  await pause(SECONDS * 1_000);
  look(`${SECONDS} s later`);
  const further = (await sent()) - filled;
  print(`the upstream wrote ${Math.round(filled / MEBIBYTE)} MiB, then ${further} bytes more`);
  clients.leave();
  // Also that their unfinished answers are counted and recorded.
  await standsStill(running);
  await pause(2_000);
  look('clients gone');
  return [
    ...services
      .filter((name) => largest[name] - idle[name] > LARGEST_GROWTH)
      .map((name) => `${name} grew by ${largest[name] - idle[name]} MiB, more than ${LARGEST_GROWTH}`),
    ...(further > 0 ? ['the upstream went on writing to clients that do not read'] : []),
  ];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main().catch((error: unknown) => {
  print(String(error));
  process.exitCode = 1;
});
