/** Over real connections; only time is moved by hand. */
import { createServer, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createManualClock, createRecordingLogger, eventually } from '@orcestator/service-kit/testing';
import { createTestController } from './testing/create-test-controller';
import { startController, type TestController } from './testing/start-controller';
import { answerJson, startStubWorker, type StubWorker } from './testing/start-stub-worker';
import { PRESENCE_BEAT_MS, PRESENCE_GRACE_MS, WorkerPresence } from './worker-presence';

const STATUS = { model_names: ['m'], speed: 1, queue_length: 0 };

let logger: ReturnType<typeof createRecordingLogger>;
let clock: ReturnType<typeof createManualClock>;
let controller: TestController;
let worker: StubWorker;
let held: ClientRequest[];

beforeEach(async () => {
  clock = createManualClock();
  logger = createRecordingLogger();
  controller = await startController({}, { clock, logger });
  worker = await startStubWorker({ '/worker_get_status': answerJson(STATUS) });
  held = [];
});

afterEach(async () => {
  held.forEach((call) => call.destroy());
  await controller.close();
  await worker.close();
});

/** Opens the presence of the worker; `received` grows with what arrives. */
async function openPresence(workerName = worker.url) {
  const call = request(`${controller.url}/worker_presence?worker_name=${encodeURIComponent(workerName)}`);
  held.push(call);
  call.on('error', () => undefined).end();
  const answer = await new Promise<IncomingMessage>((resolve) => call.once('response', resolve));
  const presence = { answer, call, received: '', isEnded: false };
  answer.on('data', (bytes: Buffer) => (presence.received += bytes.toString()));
  answer.on('error', () => undefined);
  answer.once('end', () => (presence.isEnded = true));
  return presence;
}

const register = (check_heart_beat = true) =>
  controller.post('/register_worker', { worker_name: worker.url, check_heart_beat, worker_status: STATUS });

const models = async (): Promise<unknown> => (await controller.post('/list_models')).json;

/** Kills the worker's end and waits until the controller has seen it: then the grace runs. */
async function cut(presence: { call: ClientRequest }): Promise<void> {
  presence.call.destroy();
  await eventually(() => logger.lines.some((line) => line.startsWith('debug a worker closed its presence')));
}

/** The sweeper's timer. */
const IDLE_TIMERS = 1;

describe('/worker_presence', () => {
  it('is held open and beats', async () => {
    const presence = await openPresence();
    expect(presence.answer.statusCode).toBe(200);
    expect(presence.answer.headers['content-type']).toMatch(/^text\/plain/);
    await clock.advance(PRESENCE_BEAT_MS - 1);
    expect(presence.received).toBe('');
    await clock.advance(1);
    await eventually(() => presence.received === '\n');
    await clock.advance(PRESENCE_BEAT_MS);
    await eventually(() => presence.received === '\n\n');
    expect(presence.isEnded).toBe(false);
  });

  it('removes a killed worker after the grace, not before', async () => {
    await register();
    const presence = await openPresence();
    await worker.close();
    await cut(presence);
    await clock.advance(PRESENCE_GRACE_MS - 1);
    expect(await models()).toEqual({ models: ['m'] });
    await clock.advance(1);
    await eventually(async () => JSON.stringify(await models()) === '{"models":[]}');
    expect((await controller.get('/metrics')).text).toContain('workers_removed_total{reason="lost"} 1');
  });

  it('keeps a worker that answers when it is asked', async () => {
    await register();
    await cut(await openPresence());
    await clock.advance(PRESENCE_GRACE_MS);
    await eventually(() => worker.calls.length === 1);
    await controller.post('/worker_get_status');
    expect(await models()).toEqual({ models: ['m'] });
  });

  it.each([
    ['opened a new presence', () => openPresence()],
    ['registered again', () => register()],
  ])('does not even ask a worker that has %s within the grace', async (_name, comeBack) => {
    await register();
    await cut(await openPresence());
    await comeBack();
    await clock.advance(PRESENCE_GRACE_MS);
    expect(worker.calls).toEqual([]);
    expect(await models()).toEqual({ models: ['m'] });
  });

  it('keeps a worker that comes back while it is asked in vain', async () => {
    await register();
    const presence = await openPresence();
    let refuse = (): void => undefined;
    await worker.close();
    const port = Number(new URL(worker.url).port);
    const silent = await startSilentServer(port, (destroy) => (refuse = destroy));
    await cut(presence);
    await clock.advance(PRESENCE_GRACE_MS);
    await silent.asked;
    await register();
    refuse();
    await silent.close();
    await clock.advance(PRESENCE_GRACE_MS);
    expect(await models()).toEqual({ models: ['m'] });
  });

  it('does not judge a worker without check_heart_beat by its presence', async () => {
    await register(false);
    const presence = await openPresence();
    await worker.close();
    await cut(presence);
    await clock.advance(PRESENCE_GRACE_MS);
    expect(await models()).toEqual({ models: ['m'] });
  });

  it('holds one connection for a worker: the new one ends the old', async () => {
    await register();
    const old = await openPresence();
    const fresh = await openPresence(`${worker.url}/`);
    await eventually(() => old.isEnded);
    await clock.advance(PRESENCE_BEAT_MS);
    await eventually(() => fresh.received === '\n');
    expect(worker.calls).toEqual([]);
    expect(clock.pending()).toBe(IDLE_TIMERS + 1);
  });

  it('ends when the worker is removed, so that a living one learns of it', async () => {
    await register();
    const presence = await openPresence();
    await controller.post('/remove_worker', { worker_name: worker.url });
    await eventually(() => presence.isEnded);
  });

  it('ends at once when the service stops, and takes no new one', async () => {
    const presence = await openPresence();
    await controller.stop();
    await eventually(() => presence.isEnded);
    const late = await controller.get(`/worker_presence?worker_name=${worker.url}`);
    expect(late.status).toBe(503);
    expect(clock.pending()).toBe(0);
  });

  it('needs a worker name', async () => {
    expect((await controller.get('/worker_presence')).status).toBe(400);
  });
});

test('WorkerPresence bounds the connections of all workers together', () => {
  const { controller, clock, logger, workerStatus } = createTestController();
  const presence = new WorkerPresence({ controller, workerStatus, clock, logger });
  const connection = { beat: () => undefined, end: () => undefined };
  for (let index = 0; index < 1_000; index += 1) presence.open(`http://w${index}`, connection);
  expect(() => presence.open('http://late', connection)).toThrow('1000 workers');
  expect(() => presence.open('http://w0', connection)).not.toThrow();
});

/** Listens where the worker was, takes the question and answers nothing until it is cut. */
async function startSilentServer(port: number, onAsked: (refuse: () => void) => void) {
  let isAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  const server = createServer((_request, response) => {
    onAsked(() => response.destroy());
    isAsked();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { asked, close: () => new Promise((resolve) => server.close(resolve)) };
}
