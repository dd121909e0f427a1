/** The relay of the native path, between real connections. */
import type { ServerResponse } from 'node:http';
import { CLUSTER_TOKEN_HEADER, parseWorkerStatus, UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { clusterToken } from '@orcestator/service-kit';
import { createRecordingLogger, eventually } from '@orcestator/service-kit/testing';
import { postStream } from '../testing/read-stream';
import { startController, type TestController } from '../testing/start-controller';
import { answerJson, startStubWorker, type StubHandler, type StubWorker } from '../testing/start-stub-worker';

const PATH = '/v1/chat/completions';
const BODY = '{"model":"m",  "messages":[], "unknown_field":1}';
const STATUS = {
  model_names: ['m'],
  speed: 1,
  queue_length: 0,
  protocols: ['openai'],
  model_patterns: ['*/*'],
};

let logger: ReturnType<typeof createRecordingLogger>;
let controller: TestController;
let worker: StubWorker;
let handle: StubHandler;
let toController: ServerResponse;

beforeEach(async () => {
  logger = createRecordingLogger();
  controller = await startController({}, { logger });
  handle = (response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      [UPSTREAM_MODEL_HEADER]: 'a/b',
      'set-cookie': 'x=1',
    });
    response.write('data: 1\n\n');
  };
  worker = await startStubWorker({
    '/worker_get_status': answerJson(STATUS),
    [PATH]: (response, call) => {
      toController = response;
      handle(response, call);
    },
  });
  await controller.post('/register_worker', { worker_name: worker.url });
});

afterEach(async () => {
  await worker.close();
  await controller.close();
});

describe('/v1/chat/completions', () => {
  it('relays a stream as it comes, with the headers that may pass', async () => {
    const stream = await postStream(controller.url + PATH, BODY, {
      'x-session-id': 's',
      authorization: 'Bearer secret',
    });
    await stream.arrives('data: 1\n\n');
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      [UPSTREAM_MODEL_HEADER]: 'a/b',
    });
    expect(stream.headers).not.toHaveProperty('set-cookie');
    toController.end('data: [DONE]\n\n');
    expect(await stream.ended()).toBe('end');
    expect(stream.text()).toBe('data: 1\n\ndata: [DONE]\n\n');
    const call = worker.calls.at(-1);
    expect(call).toMatchObject({ body: BODY, headers: { 'x-session-id': 's' } });
    expect(call?.headers).not.toHaveProperty('authorization');
  });

  it('relays an error answer as it is', async () => {
    handle = (response) =>
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' }).end('{"error":{}}');
    const answer = await controller.post(PATH, BODY);
    expect([answer.status, answer.text, answer.headers.get('retry-after')]).toEqual([
      429,
      '{"error":{}}',
      '7',
    ]);
  });

  it('closes the connection to the worker when the client leaves', async () => {
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('data: 1\n\n');
    stream.leave();
    await eventually(() => toController.destroyed);
    await eventually(() => logger.lines.some((line) => line.includes('status=499')));
    expect(logger.lines.filter((line) => line.startsWith('warn') || line.startsWith('error'))).toEqual([]);
  });

  it('cuts its answer where the worker cuts, and says so in the log', async () => {
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('data: 1\n\n');
    toController.destroy();
    expect(await stream.ended()).toBe('cut');
    expect(
      logger.lines.some((line) => line.startsWith('warn a relayed answer failed: The worker broke')),
    ).toBe(true);
  });

  it('answers 502 where the worker is gone', async () => {
    await worker.close();
    const answer = await controller.post(PATH, BODY);
    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({ error: { code: 'worker_unreachable' } });
    expect(answer.text).not.toContain('127.0.0.1');
  });

  it('answers 503 where no native worker serves the model', async () => {
    const worker_status = { model_names: ['old'], speed: 1, queue_length: 0 };
    await controller.post('/register_worker', { worker_name: worker.url, worker_status });
    const answer = await controller.post(PATH, { model: 'old' });
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ error: { code: 'no_worker', param: 'model' } });
  });

  it('lets a controller be a native worker of another', async () => {
    const parent = await startController();
    try {
      await parent.post('/register_worker', { worker_name: controller.url });
      expect(parseWorkerStatus((await parent.post('/worker_get_status')).json)).toMatchObject(STATUS);
      handle = answerJson({ id: 1 });
      expect((await parent.post(PATH, { model: 'vendor/model:free' })).json).toEqual({ id: 1 });
    } finally {
      await parent.close();
    }
  });

  it('shows the worker a token of its own', async () => {
    const secured = await startController({ clusterSecret: 'cluster secret' });
    try {
      const secret = { [CLUSTER_TOKEN_HEADER]: 'cluster secret' };
      await secured.post('/register_worker', { worker_name: worker.url }, secret);
      handle = answerJson({});
      await secured.post(PATH, BODY, secret);
      expect(worker.calls.at(-1)?.headers[CLUSTER_TOKEN_HEADER]).toBe(
        clusterToken('cluster secret', worker.url),
      );
    } finally {
      await secured.close();
    }
  });
});
