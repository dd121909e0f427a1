/**
 * 200 clients that do not read for 30 s, against four processes: prints what each needs before, meanwhile and after, and
 * fails when the upstream goes on writing. By hand: `node packages/test-kit/dist/contract/back-pressure-by-hand.js`.
 * Linux and macOS (`ps`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts, TestProcess } from '../stack/process-stack';
import { openSilentClients, standsStill } from './silent-clients';

const CLIENTS = Number(process.argv[2] ?? 200);
const SECONDS = Number(process.argv[3] ?? 30);
const MODEL = 'sim/text:200000';
const MEBIBYTE = 1024 * 1024;
const names = ['openrouter-simulator', 'controller', 'worker', 'api-server'] as const;

/** Resident memory in MiB. */
function residentOf({ child }: TestProcess): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024);
}

interface Recorded {
  readonly bytesSent: number;
  readonly outcome: string;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pressure-'));
  const [simulator = 0, controller = 0, worker = 0, api = 0] = await freePorts(4);
  const env = {
    OR_PORT: String(api),
    OR_HOST: '127.0.0.1',
    OR_CONTROLLER_PORT: String(controller),
    OR_WORKER_PORT: String(worker),
    OR_SIMULATOR_PORT: String(simulator),
    OR_CONTROLLER_URL: `http://127.0.0.1:${controller}`,
    OR_BASE_URL: `http://127.0.0.1:${simulator}/api/v1`,
    OR_API_KEY: 'sk-or-v1-by-hand',
    OR_LIMIT_WORKER_CONCURRENCY: String(CLIENTS * 2),
  };
  const processes = names.map((name) => new TestProcess(`${name}/dist/main.js`, [], env, folder));
  try {
    for (const one of processes) await one.hasPrinted('listening');
    await processes[2]?.hasPrinted('registered at the controller');
    await measure(processes, `http://127.0.0.1:${api}`, `http://127.0.0.1:${simulator}`);
  } finally {
    for (const one of processes) await one.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(processes: readonly TestProcess[], api: string, simulator: string): Promise<void> {
  const print = (what: string): void => {
    const sizes = processes.map((one, at) => `${names[at]} ${residentOf(one)} MiB`);
    process.stdout.write(`${what}: ${sizes.join(', ')}\n`);
  };
  const recorded = async (): Promise<Recorded[]> =>
    (await (await fetch(`${simulator}/sim/requests`)).json()) as Recorded[];
  const sent = async (): Promise<number> =>
    (await recorded()).reduce((sum, { bytesSent }) => sum + bytesSent, 0);

  const warm = await openSilentClients(api, 1, 'sim/text:2000');
  warm.answers[0]?.resume();
  warm.leave();
  print('before');
  const clients = await openSilentClients(api, CLIENTS, MODEL);
  const filled = await standsStill(sent, 120_000);
  print('buffers full');
  await pause(SECONDS * 1_000);
  print(`${SECONDS} s later`);
  const later = await sent();
  process.stdout.write(
    `${CLIENTS} clients, upstream wrote ${Math.round(filled / MEBIBYTE)} MiB, then ${later - filled} bytes more\n`,
  );
  clients.leave();
  await standsStill(async () => (await recorded()).filter(({ outcome }) => outcome === 'running').length);
  print('clients gone');
  if (later !== filled) throw new Error('the upstream went on writing');
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
