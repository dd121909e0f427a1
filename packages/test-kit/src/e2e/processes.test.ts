/** The commands as a user starts them: real processes, killed, restarted, stopped with Ctrl+C. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { freePorts, isOpen, TestProcess } from '../stack/process-stack';

jest.setTimeout(60_000);

let folder: string;
let ports: { api: number; controller: number; worker: number; simulator: number };
let env: Record<string, string>;
const processes: TestProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'run '));
  const [api = 0, controller = 0, worker = 0, simulator = 0] = await freePorts(4);
  ports = { api, controller, worker, simulator };
  env = {
    OR_PORT: String(api),
    OR_CONTROLLER_PORT: String(controller),
    OR_WORKER_PORT: String(worker),
    OR_SIMULATOR_PORT: String(simulator),
    OR_SIMULATOR_FIRST_TOKEN_DELAY: '0',
    OR_SIMULATOR_TOKEN_DELAY: '0',
  };
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.end()));
  rmSync(folder, { recursive: true, force: true });
});

function run(entry: string, args: readonly string[] = [], more: Record<string, string> = {}): TestProcess {
  const started = new TestProcess(entry, args, { ...env, ...more }, folder);
  processes.push(started);
  return started;
}

const service = (name: string, more: Record<string, string> = {}) => run(`${name}/dist/main.js`, [], more);

async function chatStatus(fields: object = {}): Promise<number> {
  const body = JSON.stringify({
    model: 'orcestator',
    messages: [{ role: 'user', content: 'hi' }],
    ...fields,
  });
  return fetch(`http://localhost:${ports.api}/v1/chat/completions`, { method: 'POST', body }).then(
    async (answer) => {
      await answer.text();
      return answer.status;
    },
    () => 0,
  );
}

const answers = () => eventually(async () => (await chatStatus()) === 200, 15_000);
const allPorts = () => Object.values(ports);

describe('demo', () => {
  it('runs everything, tells the addresses, answers, and leaves nothing behind within 5 s of Ctrl+C', async () => {
    const demo = run('cli/dist/main.js', ['demo']);
    await demo.hasPrinted('Остановить: Ctrl+C');
    expect(demo.output).toMatch(/^controller \| .*\[controller\] listening/m);
    for (const text of [`http://localhost:${ports.api}/v1`, 'curl -N', '"vendor": "customendpoint"'])
      expect(demo.output).toContain(text);
    expect(await chatStatus()).toBe(200);
    expect(readFileSync(join(folder, 'logs', 'traffic.log'), 'utf8').split('\n')).toHaveLength(3);
    const endless = chatStatus({ model: 'sim/comments-forever', stream: true });
    await eventually(
      async () =>
        (await (await fetch(`http://127.0.0.1:${ports.simulator}/sim/connections`)).text()) === '{"open":2}',
    );
    const start = Date.now();
    demo.interrupt();
    expect(await demo.ended).toBe(0);
    expect(Date.now() - start).toBeLessThan(5_000);
    await endless;
    for (const port of allPorts()) expect(await isOpen(port)).toBe(false);
  });

  it('kill -9 of the command itself leaves no orphan', async () => {
    const demo = run('cli/dist/main.js', ['demo']);
    await demo.hasPrinted('Остановить: Ctrl+C');
    demo.child.kill('SIGKILL');
    await eventually(async () => !(await Promise.all(allPorts().map(isOpen))).includes(true), 8_000);
  });

  it('takes its ports from flags too, and a taken port stops it with the remedy', async () => {
    const blocker = service('controller');
    await blocker.hasPrinted('listening');
    const demo = run('cli/dist/main.js', ['demo', '--port', String(ports.api)]);
    expect(await demo.ended).not.toBe(0);
    expect(demo.output).toContain(`port ${ports.controller}`);
    expect(demo.output).toContain('OR_CONTROLLER_PORT');
    expect(await isOpen(ports.api)).toBe(false);
  });
});

describe('three services in three terminals', () => {
  const upstream = () => ({
    OR_API_KEY: 'sk-or-v1-e2e',
    OR_BASE_URL: `http://127.0.0.1:${ports.simulator}/api/v1`,
  });

  it.each([[['api-server', 'worker', 'controller']], [['worker', 'controller', 'api-server']]])(
    'started at the same moment as %j find each other',
    async (order) => {
      service('openrouter-simulator');
      for (const name of order) service(name, upstream());
      await answers();
    },
  );

  it('survive a controller that is killed and started again, and a worker that is', async () => {
    service('openrouter-simulator');
    const controller = service('controller');
    const worker = service('worker', upstream());
    service('api-server');
    await answers();

    controller.child.kill('SIGKILL');
    await controller.ended;
    expect(await chatStatus()).toBe(200);
    const list = async () =>
      (await fetch(`http://127.0.0.1:${ports.controller}/list_models`, { method: 'POST' })).text();
    service('controller');
    await eventually(async () => (await list().catch(() => '')).includes('orcestator'), 10_000);
    expect(await chatStatus()).toBe(200);

    worker.child.kill('SIGKILL');
    await worker.ended;
    expect(await chatStatus()).toBe(503);
    // The controller notices by itself, long before a heart beat is due.
    await eventually(async () => (await list()) === '{"models":[]}', 5_000);
    service('worker', upstream());
    await answers();
  });

  it('a stopped worker signs off at once', async () => {
    service('controller');
    const worker = service('worker', upstream());
    await worker.hasPrinted('registered at the controller');
    worker.interrupt();
    expect(await worker.ended).toBe(0);
    expect(
      await (await fetch(`http://127.0.0.1:${ports.controller}/list_models`, { method: 'POST' })).text(),
    ).toBe('{"models":[]}');
  });
});

describe('settings', () => {
  it('the worker refuses to start without a key, says how to get one and that the demo needs none', async () => {
    const worker = service('worker');
    expect(await worker.ended).toBe(2);
    for (const text of ['OR_API_KEY', 'https://openrouter.ai/settings/keys', 'demo'])
      expect(worker.output).toContain(text);
    expect(existsSync(join(folder, 'logs'))).toBe(false);
  });

  it('all problems are told at once, each with its flag and its variable', async () => {
    const worker = run('worker/dist/main.js', ['--port', 'x', '--nonsense', '1'], { OR_LOG_LEVEL: 'loud' });
    expect(await worker.ended).toBe(2);
    for (const text of ['--port / OR_WORKER_PORT', '--log-level / OR_LOG_LEVEL', '--nonsense'])
      expect(worker.output).toContain(text);
  });

  it.each(['controller', 'worker', 'api-server', 'openrouter-simulator'])(
    '%s --help is Russian and names the variables',
    async (name) => {
      const help = run(`${name}/dist/main.js`, ['--help']);
      expect(await help.ended).toBe(0);
      expect(help.output).toMatch(/порт/);
      expect(help.output).toMatch(/OR_LOG_LEVEL/);
    },
  );
});
