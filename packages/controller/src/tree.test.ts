/** Controllers that are workers of other controllers. */
import type { ServerResponse } from 'node:http';
import { isRecord, type ListWorkersAnswer } from '@orcestator/protocol';
import { eventually } from '@orcestator/service-kit/testing';
import type { ControllerConfig } from './config';
import { postStream } from './testing/read-stream';
import { startController, type TestController } from './testing/start-controller';
import { answerJson, startStubWorker, type StubHandler, type StubWorker } from './testing/start-stub-worker';

const status = (name: string, protocols: string[], queue_length = 0) =>
  answerJson({ model_names: [name], speed: 1, queue_length, protocols });

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.reverse()) await one.close();
  open = [];
});

async function controller(settings: Partial<ControllerConfig> = {}): Promise<TestController> {
  const started = await startController(settings);
  open.push(started);
  return started;
}

async function worker(handlers: Record<string, StubHandler>): Promise<StubWorker> {
  const started = await startStubWorker(handlers);
  open.push(started);
  return started;
}

const register = (at: TestController, of: { url: string }, headers = {}) =>
  at.post('/register_worker', { worker_name: of.url, check_heart_beat: false }, headers);

const modelsOf = async (at: TestController): Promise<unknown> => {
  const { json } = await at.post('/list_models');
  return isRecord(json) ? json.models : undefined;
};

/** A parent over a child over two workers, one of each protocol. */
async function tree() {
  const native = await worker({
    '/worker_get_status': status('native', ['openai'], 2),
    '/v1/chat/completions': answerJson({ path: 'chat' }),
    '/v1/completions': answerJson({ path: 'completions' }),
    '/v1/embeddings': answerJson({ path: 'embeddings' }),
  });
  const old = await worker({
    '/worker_get_status': status('old', ['fastchat'], 1),
    '/worker_generate': answerJson({ text: 'generated', error_code: 0 }),
    '/worker_get_embeddings': answerJson({ embedding: [[1]], token_num: 1 }),
    '/worker_get_conv_template': answerJson({ conv: { name: 'vicuna' } }),
    '/count_token': answerJson({ count: 3, error_code: 0 }),
    '/model_details': answerJson({ context_length: 2048 }),
  });
  const child = await controller();
  const parent = await controller();
  await register(child, native);
  await register(child, old);
  await register(parent, child);
  return { native, old, child, parent };
}

it('serves the models of the child, each in its own protocols', async () => {
  const { child, parent } = await tree();
  expect(await modelsOf(parent)).toEqual(['native', 'old']);
  const ask = async (model: string) => (await parent.post('/get_worker_address', { model })).json;
  expect(await ask('native')).toEqual({ address: child.url, protocols: ['openai'] });
  expect(await ask('old')).toEqual({ address: child.url, protocols: ['fastchat'] });
  expect((await parent.post('/worker_get_status')).json).toMatchObject({ queue_length: 3, speed: 2 });
  expect((await child.get('/v1/models')).json).toMatchObject({ data: [{ id: 'native' }, { id: 'old' }] });
});

it.each([
  ['/v1/chat/completions', 'native', { path: 'chat' }],
  ['/v1/completions', 'native', { path: 'completions' }],
  ['/v1/embeddings', 'native', { path: 'embeddings' }],
  ['/worker_generate', 'old', { text: 'generated', error_code: 0 }],
  ['/worker_get_embeddings', 'old', { embedding: [[1]], token_num: 1 }],
  ['/worker_get_conv_template', 'old', { conv: { name: 'vicuna' } }],
  ['/count_token', 'old', { count: 3, error_code: 0 }],
  ['/model_details', 'old', { context_length: 2048 }],
])('relays %s through both', async (path, model, expected) => {
  const { parent, native, old } = await tree();
  expect((await parent.post(path, { model, prompt: 'p' })).json).toEqual(expected);
  const call = [...native.calls, ...old.calls].find((one) => one.path === path);
  expect(JSON.parse(call?.body ?? '')).toEqual({ model, prompt: 'p' });
});

it('closes the connection to the worker when the client of the parent leaves', async () => {
  const { child, parent } = await tree();
  let answering: ServerResponse | undefined;
  const slow = await worker({
    '/worker_get_status': status('slow', ['openai']),
    '/v1/chat/completions': (response) => {
      answering = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    },
  });
  await register(child, slow);
  await parent.post('/refresh_all_workers');
  const stream = await postStream(`${parent.url}/v1/chat/completions`, '{"model":"slow"}');
  await stream.arrives('data: 1\n\n');
  stream.leave();
  await eventually(() => answering?.destroyed === true);
});

it('passes over a worker that is gone', async () => {
  const gone = await worker({ '/worker_get_status': status('native', ['openai']) });
  const child = await controller();
  await register(child, gone);
  await gone.close();
  const lives = await worker({
    '/worker_get_status': status('native', ['openai']),
    '/v1/chat/completions': answerJson({ path: 'chat' }),
  });
  await register(child, lives);
  expect((await child.post('/v1/chat/completions', { model: 'native' })).json).toEqual({ path: 'chat' });
});

it("tells FastChat's API server of a failure where it looks for one", async () => {
  const parent = await controller();
  expect((await parent.post('/worker_generate', { model: 'nobody' })).json).toEqual({
    text: expect.stringContaining('No worker serves "nobody"'),
    error_code: 50005,
  });
});

describe('a circle', () => {
  it('neither hangs nor makes models out of nothing', async () => {
    const [a, b] = [await controller(), await controller()];
    const native = await worker({
      '/worker_get_status': status('m', ['openai']),
      '/v1/chat/completions': answerJson({ path: 'chat' }),
    });
    await register(a, native);
    await register(b, a);
    await register(a, b);
    await Promise.all([a, b].map((one) => one.post('/refresh_all_workers')));
    expect([await modelsOf(a), await modelsOf(b)]).toEqual([['m'], ['m']]);
    const questions = native.calls.filter(({ path }) => path === '/worker_get_status').length;
    expect(questions).toBeLessThan(10);
    for (const one of [a, b]) {
      expect((await one.post('/v1/chat/completions', { model: 'm' })).json).toEqual({ path: 'chat' });
    }
    await a.post('/remove_worker', { worker_name: native.url });
    await a.post('/refresh_all_workers');
    await b.post('/refresh_all_workers');
    expect([await modelsOf(a), await modelsOf(b)]).toEqual([[], []]);
  });

  it('passes each controller once, where both have workers of their own', async () => {
    const [a, b] = [await controller(), await controller()];
    for (const one of [a, b]) {
      const native = await worker({
        '/worker_get_status': status('m', ['openai']),
        '/v1/chat/completions': answerJson({ path: 'chat' }),
      });
      await register(one, native);
    }
    await register(a, b);
    await register(b, a);
    for (let at = 0; at < 12; at += 1) {
      const asked = await [a, b][at % 2]?.post('/v1/chat/completions', { model: 'm' });
      expect(asked?.json).toEqual({ path: 'chat' });
    }
  });

  it('of one is refused', async () => {
    const a = await controller();
    const answer = await register(a, a);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('worker of its own')]);
  });
});

describe('a child with OR_PARENT_CONTROLLER', () => {
  const entries = async (at: TestController, headers = {}): Promise<ListWorkersAnswer['workers']> =>
    ((await at.post('/list_workers', undefined, headers)).json as ListWorkersAnswer).workers;

  it('registers itself, again when its models change, and signs off', async () => {
    const parent = await controller();
    const child = await startController({ parentController: parent.url });
    await eventually(async () => (await entries(parent)).length === 1);
    expect((await entries(parent))[0]).toMatchObject({ worker_name: child.url, check_heart_beat: true });
    const native = await worker({ '/worker_get_status': status('native', ['openai']) });
    await register(child, native);
    await eventually(async () => String(await modelsOf(parent)) === 'native');
    await child.post('/remove_worker', { worker_name: native.url });
    await eventually(async () => String(await modelsOf(parent)) === '');
    await child.close();
    expect(await entries(parent)).toEqual([]);
  });

  it('is called as a worker where the cluster has a secret', async () => {
    const clusterSecret = 'cluster secret';
    const bearer = { authorization: `Bearer ${clusterSecret}` };
    const parent = await controller({ clusterSecret });
    const child = await controller({ clusterSecret, parentController: parent.url });
    const native = await worker({
      '/worker_get_status': status('native', ['openai']),
      '/v1/chat/completions': answerJson({ path: 'chat' }),
    });
    await register(child, native, bearer);
    await eventually(async () => (await entries(parent, bearer))[0]?.model_names[0] === 'native');
    const asked = { model: 'native' };
    expect((await parent.post('/v1/chat/completions', asked, bearer)).json).toEqual({ path: 'chat' });
    expect((await child.post('/v1/chat/completions', asked)).status).toBe(403);
  });
});
