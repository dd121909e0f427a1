import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type RunningSimulator } from '@orcestator/openrouter-simulator';
import { isRecord } from '@orcestator/protocol';
import { startApp } from '@orcestator/service-kit/testing';
import { machineAt, runCommand, temporaryFolder, type Outcome } from '../testing';
import { createDoctorCommand } from './doctor';

const KEY = `sk-or-v1-${'a'.repeat(64)}`;
let simulator: RunningSimulator;
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  simulator = await startSimulator({ apiKeys: [KEY] });
});
afterAll(() => simulator.close());
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, 'home'));
});
afterEach(() => folder.remove());

/** Ports that nobody holds, so that the services of whoever runs the test take no part. */
let quiet: Record<string, string>;
beforeAll(async () => {
  const apps = await Promise.all([1, 2, 3].map(() => startApp((_request, response) => response.end())));
  const [port, controller, worker] = apps.map((app) => String(app.port));
  await Promise.all(apps.map((app) => app.close()));
  quiet = {
    OR_HOST: '127.0.0.1',
    OR_PORT: port ?? '',
    OR_CONTROLLER_PORT: controller ?? '',
    OR_WORKER_PORT: worker ?? '',
  };
});

function doctor(
  argv: string[],
  dotEnv: Record<string, string>,
  env: Record<string, string> = {},
  isTerminal = false,
): Promise<Outcome> {
  const lines = Object.entries({ OR_API_KEY: KEY, OR_BASE_URL: simulator.url, ...quiet, ...dotEnv });
  writeFileSync(join(folder.path, '.env'), lines.map(([name, value]) => `${name}=${value}\n`).join(''));
  const machine = machineAt(join(folder.path, 'home'), { now: () => new Date() });
  return runCommand(createDoctorCommand(machine), argv, { folder: folder.path, env, isTerminal });
}

it('asks the upstream about the key and the model, and shows no key', async () => {
  const { exitCode, stdout } = await doctor([], {});
  expect(stdout).toContain('ключ принят; истрачено $8.75, осталось $25.00 из $50.00');
  expect(stdout).toContain('OR_DEFAULT_MODEL: openai/gpt-4o, контекст 128000');
  expect(stdout).toContain('часы идут верно');
  expect(stdout).not.toContain('sk-or-v1');
  const asked = simulator.simulator.requests.map(({ path }) => path);
  expect(asked.sort()).toEqual(['/api/v1/key', '/api/v1/models']);
  expect(stdout).toMatch(/Неполадок: 0, предупреждений: \d/);
  expect(exitCode).toBe(0);
});

it('fails when there is a problem, and with --strict when there is a warning', async () => {
  const wrong = await doctor([], { OR_API_KEY: `${KEY}b` });
  expect(wrong.stdout).toContain('сервер не принял ключ');
  expect(wrong.exitCode).toBe(1);
  expect((await doctor(['--strict'], {})).exitCode).toBe(1);
});

it('is JSON and nothing else with --json', async () => {
  const { stdout } = await doctor(['--json'], { OR_PORTT: '1' }, {}, true);
  const report: unknown = JSON.parse(stdout);
  const findings = isRecord(report) && Array.isArray(report.findings) ? report.findings.filter(isRecord) : [];
  expect(findings.find(({ check, level }) => check === 'env-file' && level === 'warning')?.remedy).toContain(
    'OR_PORT',
  );
});

it('takes a wrong value for a finding, not for an end', async () => {
  const { exitCode, stdout } = await doctor([], { OR_LOG_LEVEL: 'loud' });
  expect(stdout).toContain('OR_LOG_LEVEL: "loud" is not one of');
  expect(stdout).toContain('ключ принят');
  expect(exitCode).toBe(1);
});

it('does not know a flag that it has not', async () => {
  expect((await doctor(['--fix'], {})).exitCode).toBe(2);
});

it('shows what it waits for on a terminal, and takes it away', async () => {
  const { stdout } = await doctor([], {}, { LANG: 'en_US.UTF-8' }, true);
  expect(stdout).toContain('\r\u001b[KПроверяю: ');
  expect(stdout).toContain('\r\u001b[KСреда\n');
  expect((await doctor([], {})).stdout).not.toContain('\u001b');
});
