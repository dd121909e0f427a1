/** Two workers of one model: both work, and one that leaves ends what it has begun. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { startSimulator } from '@orcestator/openrouter-simulator';
import { immediately, InProcessStack, type RunningService } from '../stack/in-process-stack';
import { freePorts, TestProcess } from '../stack/process-stack';

/** Chat requests that a worker has answered soundly. */
async function served({ url }: Pick<RunningService, 'url'>): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const counts = [...page.matchAll(/orcestator_worker_requests_total\{outcome="ok",model="[^"]+"\} (\d+)/g)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('by dispatch method', () => {
  let stack: InProcessStack;
  let second: RunningService;
  afterEach(async () => {
    await second.stop();
    await stack.stop();
    jest.restoreAllMocks();
  });

  async function start(method: string, tokenDelay: number): Promise<void> {
    const env = { OR_DISPATCH_METHOD: method };
    stack = await InProcessStack.start({ simulator: { ...immediately, tokenDelay }, env });
    second = await stack.startWorker();
    const workers = async (): Promise<number> =>
      ((await (await fetch(`${stack.controller.url}/health`)).json()) as { workers: number }).workers;
    await eventually(async () => (await workers()) === 2);
  }

  it('shortest_queue gives concurrent streams to both alike', async () => {
    await start('shortest_queue', 10);
    await Promise.all(Array.from({ length: 20 }, async () => (await stack.chat({ stream: true })).text()));
    expect([await served(stack.worker), await served(second)]).toEqual([10, 10]);
  });

  it('lottery draws both alike', async () => {
    // A generator with a known row (Park and Miller), so that the draw is the same at each run.
    let seed = 42;
    jest
      .spyOn(Math, 'random')
      .mockImplementation(() => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647);
    await start('lottery', 0);
    for (let at = 0; at < 60; at += 1) await (await stack.chat({ stream: true })).text();
    const [first, other] = [await served(stack.worker), await served(second)];
    expect(first + other).toBe(60);
    expect(Math.min(first, other)).toBeGreaterThanOrEqual(20);
  });
});

describe('a worker that is stopped', () => {
  let folder: string;
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  const processes: TestProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drain-'));
    simulator = await startSimulator({ ...immediately, tokenDelay: 25 });
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.end()));
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends the streams that it has begun, while every new request goes to the other one', async () => {
    const [api = 0, controller = 0, first = 0, second = 0] = await freePorts(4);
    const shared = {
      OR_PORT: String(api),
      OR_CONTROLLER_PORT: String(controller),
      OR_API_KEY: 'sk-or-v1-e2e',
      OR_BASE_URL: simulator.url,
    };
    const run = (entry: string, env = {}): TestProcess => {
      const started = new TestProcess(`${entry}/dist/main.js`, [], { ...shared, ...env }, folder);
      processes.push(started);
      return started;
    };
    run('controller');
    run('api-server');
    const leaving = run('worker', { OR_WORKER_PORT: String(first) });
    await leaving.hasPrinted('registered at the controller');
    const staying = run('worker', { OR_WORKER_PORT: String(second) });
    await staying.hasPrinted('registered at the controller');

    const chat = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${api}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({
          model: 'orcestator',
          stream: true,
          messages: [{ role: 'user', content: 'Say hello' }],
        }),
      });
    await eventually(async () => (await chat()).ok, 10_000);
    const early = await Promise.all(Array.from({ length: 6 }, chat));
    leaving.signal('SIGTERM');
    const late: string[] = [];
    let hasEnded = false;
    const asking = (async () => {
      while (!hasEnded) late.push(await (await chat()).text());
    })();
    const texts = await Promise.all(early.map((answer) => answer.text()));
    expect(await leaving.ended).toBe(0);
    hasEnded = true;
    await asking;
    for (const text of [...texts, ...late]) {
      expect(text).toContain('"finish_reason":"stop"');
      expect(text).not.toContain('"error"');
    }
    expect(late.length).toBeGreaterThan(0);
  }, 60_000);
});
