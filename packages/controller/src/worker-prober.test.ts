/** Workers without heart beats: asked from time to time, resting while they do not answer, back by themselves. */
import { createTestController, statusOf } from './testing/create-test-controller';
import { createWorkerProber } from './worker-prober';

const SERVER = 'http://ollama:11434';
const INTERVAL = 10_000;

async function withServer(fields: object = {}) {
  const parts = createTestController();
  const prober = createWorkerProber(parts.controller, parts.clock, INTERVAL);
  const probes: string[] = [];
  parts.controller.events.on('probed', (outcome) => probes.push(outcome));
  const answer = (...names: string[]) =>
    parts.answers.set(SERVER, () => Promise.resolve({ ...statusOf(...names), protocols: ['openai'] }));
  answer('llama3');
  await parts.controller.registerWorker({ worker_name: SERVER, check_heart_beat: false, ...fields });
  return { ...parts, prober, probes, answer };
}

it('asks at each interval and takes over the models', async () => {
  const { controller, clock, probes, answer } = await withServer();
  answer('llama3', 'qwen');
  await clock.advance(INTERVAL - 1);
  expect(controller.listModels()).toEqual(['llama3']);
  await clock.advance(1);
  expect(controller.listModels()).toEqual(['llama3', 'qwen']);
  await clock.advance(2 * INTERVAL);
  expect(probes).toEqual(['ok', 'ok', 'ok']);
});

it('keeps the names that whoever registered it has fixed', async () => {
  const { controller, clock, answer } = await withServer({ model_names: ['mine'] });
  answer('other');
  await clock.advance(INTERVAL);
  expect(controller.listModels()).toEqual(['mine']);
});

it('keeps the speed and the patterns that a server without a worker cannot tell', async () => {
  const { controller, clock } = await withServer({
    worker_status: { ...statusOf('llama3'), speed: 3, model_patterns: ['meta/*'], protocols: ['openai'] },
  });
  await clock.advance(INTERVAL);
  expect(controller.getWorkerAddress({ model: 'meta/llama' }).address).toBe(SERVER);
  expect(controller.listWorkers()[0]).toMatchObject({ speed: 3, asked_by: 'openai' });
});

it('takes turns with another server, also where requests are rare', async () => {
  const { controller, clock, answers } = await withServer();
  const other = 'http://other:11434';
  answers.set(other, () => Promise.resolve({ ...statusOf('llama3'), protocols: ['openai'] }));
  await controller.registerWorker({ worker_name: other, check_heart_beat: false });
  const given: string[] = [];
  for (let at = 0; at < 6; at += 1) {
    given.push(controller.getWorkerAddress({ model: 'llama3' }).address);
    await clock.advance(INTERVAL);
  }
  expect(given).toEqual([SERVER, other, SERVER, other, SERVER, other]);
  expect(controller.queueLength).toBe(1);
});

it('gives it no requests after three unanswered questions, and requests again once it answers', async () => {
  const { controller, clock, answers, answer, logger } = await withServer();
  answers.delete(SERVER);
  await clock.advance(INTERVAL + 1_000);
  expect(controller.getWorkerAddress({ model: 'llama3' }).address).toBe(SERVER);
  await clock.advance(2_000);
  expect(controller.getWorkerAddress({ model: 'llama3' })).toEqual({ address: '', is_resting: true });
  expect([controller.listModels(), controller.workerCount]).toEqual([[], 1]);
  expect(controller.listWorkers()[0]).toMatchObject({
    is_available: false,
    silent_for: 13,
    failure: expect.stringContaining('cannot be reached'),
  });
  await clock.advance(3_600_000);
  answer('llama3', 'new');
  await clock.advance(INTERVAL);
  expect(controller.listModels()).toEqual(['llama3', 'new']);
  expect(controller.listWorkers()[0]).toMatchObject({ is_available: true, failure: '' });
  expect(logger.lines.filter((line) => /gets no requests|answers again/.test(line))).toHaveLength(2);
});

it('one unanswered question changes nothing', async () => {
  const { controller, clock, answers, answer } = await withServer();
  answers.delete(SERVER);
  await clock.advance(INTERVAL);
  answer('llama3');
  await clock.advance(INTERVAL);
  expect(controller.listModels()).toEqual(['llama3']);
});

it('asks no more once the worker is removed, sends heart beats, or the service stops', async () => {
  const { controller, clock, prober, probes } = await withServer();
  controller.removeWorker(SERVER);
  await clock.advance(2 * INTERVAL);
  await controller.registerWorker({ worker_name: SERVER, check_heart_beat: false });
  await controller.registerWorker({ worker_name: SERVER, check_heart_beat: true });
  await clock.advance(2 * INTERVAL);
  await controller.registerWorker({ worker_name: SERVER, check_heart_beat: false });
  prober.stop();
  await clock.advance(2 * INTERVAL);
  expect(probes).toEqual([]);
  expect(clock.pending()).toBe(0);
});

it('a refresh lets it rest at once and keeps it', async () => {
  const { controller, clock, answers, answer } = await withServer();
  answers.delete(SERVER);
  await controller.refreshAllWorkers();
  expect([controller.listModels(), controller.workerCount]).toEqual([[], 1]);
  answer('llama3');
  await clock.advance(INTERVAL);
  expect(controller.listModels()).toEqual(['llama3']);
});

it('takes the address as users copy it', async () => {
  const { controller } = await withServer();
  await controller.registerWorker({ worker_name: `${SERVER}/v1`, check_heart_beat: false });
  expect(controller.workers().map(({ workerName }) => workerName)).toEqual([SERVER]);
  expect(controller.removeWorker(`${SERVER}/v1/`)).toBe(true);
});

it('refuses a server without models, unless they are named', async () => {
  const { controller, answer } = await withServer();
  answer();
  const request = { worker_name: SERVER, check_heart_beat: false };
  await expect(controller.registerWorker(request)).rejects.toMatchObject({ code: 'worker_without_models' });
  await controller.registerWorker({ ...request, model_names: ['named'] });
  expect(controller.listModels()).toEqual(['named']);
});
