/** Workers that refuse, fail, or fail again and again. */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { createManualClock, createTestKit, eventually } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let controller: FakeController;
beforeEach(async () => {
  controller = await stage.controller();
});
afterEach(() => stage.close());

const ANSWER =
  'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const sound = (response: ServerResponse): void =>
  void response
    .writeHead(200, { 'content-type': 'text/event-stream', [UPSTREAM_MODEL_HEADER]: 'a/b' })
    .end(ANSWER);
const refuse = (code: string) => (response: ServerResponse) =>
  void response
    .writeHead(503, { 'content-type': 'application/json', 'retry-after': '2' })
    .end(JSON.stringify({ error: { code, message: code }, object: 'error', code: 42903 }));

/** A worker whose behaviour can be changed; counts its requests. */
async function worker(answer: (response: ServerResponse) => void) {
  const state = { answer, asked: 0, url: '' };
  const { url } = await stage.worker((request, response) => {
    request.resume();
    state.asked += 1;
    state.answer(response);
  });
  state.url = url;
  return state;
}

it.each(['overloaded', 'shutting_down'])('a worker that says %s is passed over for another', async (code) => {
  const [full, free] = [await worker(refuse(code)), await worker(sound)];
  controller.workers.set('orcestator', [full.url, free.url]);
  const { url } = await stage.apiServer(controller.url);
  expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
  expect(full.asked).toBe(1);
});

it('when nobody else is there the client reads the refusal itself', async () => {
  const full = await worker(refuse('overloaded'));
  controller.workers.set('orcestator', [full.url]);
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody());
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await answer.json()).toMatchObject({ error: { code: 'overloaded' } });
});

it('an overloaded upstream is no refusal of the worker: nobody else is asked', async () => {
  const [first, second] = [await worker(refuse('upstream_overloaded')), await worker(sound)];
  controller.workers.set('orcestator', [first.url, second.url]);
  const { url } = await stage.apiServer(controller.url);
  expect((await postChat(url, chatBody())).status).toBe(503);
  expect(second.asked).toBe(0);
});

describe('a server without a worker of ours that fails before its answer begins', () => {
  const json = (status: number, body: unknown) => (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const stream = (text: string) => (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
  const ERROR_EVENT = 'data: {"error":{"message":"model runner has unexpectedly stopped"}}\n\n';

  const failures: [string, (response: ServerResponse) => void, string][] = [
    [
      '503 while it loads the model',
      json(503, { error: { code: 503, message: 'Loading model' } }),
      'Loading',
    ],
    ['429 of a full queue', json(429, { error: { message: 'too many requests' } }), 'too many'],
    ['500 of a crashed runner', json(500, { error: 'llama runner terminated' }), 'runner terminated'],
    ['404 of a model that was removed', json(404, { error: { message: 'model not found' } }), 'not found'],
    ['an error as the first event', stream(ERROR_EVENT), 'unexpectedly stopped'],
    ['an end before the first event', stream(''), ''],
    [
      'a cut body',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"id":', () => response.destroy());
      },
      'broke off',
    ],
    ['a page', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('x'), 'html'],
  ];

  it.each(failures)('%s: another one is asked', async (_name, answer) => {
    const [failing, free] = [await worker(answer), await worker(sound)];
    controller.workers.set('orcestator', [failing.url, free.url]);
    const { url } = await stage.apiServer(controller.url);
    expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
    expect([failing.asked, free.asked]).toEqual([1, 1]);
  });

  it.each(failures)('%s: its own words are read when nobody else is there', async (_name, answer, words) => {
    const failing = await worker(answer);
    controller.workers.set('orcestator', [failing.url]);
    const { url } = await stage.apiServer(controller.url);
    const read = await postChat(url, chatBody());
    expect(read.status).toBeGreaterThanOrEqual(400);
    expect(((await read.json()) as { message: string }).message).toContain(words);
  });

  it('a request that is wrong is wrong everywhere: nobody else is asked', async () => {
    const tooLong = json(400, { error: { message: 'exceed_context_size_error', n_ctx: 4096 } });
    const [full, free] = [await worker(tooLong), await worker(sound)];
    controller.workers.set('orcestator', [full.url, free.url]);
    const { url } = await stage.apiServer(controller.url);
    const answer = await postChat(url, chatBody());
    expect([answer.status, free.asked]).toEqual([400, 0]);
    expect(await answer.json()).toMatchObject({ error: { code: 'context_length_exceeded' } });
  });
});

it('a worker that failed three times in a row rests for 30 s and is then tried again', async () => {
  const clock = createManualClock();
  stage.kit = createTestKit({ clock });
  const [bad, good] = [await worker((response) => void response.destroy()), await worker(sound)];
  controller.workers.set('orcestator', [bad.url, good.url]);
  const { url } = await stage.apiServer(controller.url);
  for (let at = 0; at < 5; at += 1) expect((await postChat(url, chatBody())).status).toBe(200);
  expect(bad.asked).toBe(3);
  await clock.advance(30_001);
  expect((await postChat(url, chatBody())).status).toBe(200);
  expect(bad.asked).toBe(4);
  await postChat(url, chatBody());
  expect(bad.asked).toBe(4);
  bad.answer = sound;
  await clock.advance(30_001);
  await postChat(url, chatBody());
  await postChat(url, chatBody());
  expect(bad.asked).toBe(6);
});

it('a resting worker that is the only one is asked all the same', async () => {
  const only = await worker((response) => void response.destroy());
  controller.workers.set('orcestator', [only.url]);
  const { url } = await stage.apiServer(controller.url);
  for (let at = 0; at < 4; at += 1) expect((await postChat(url, chatBody())).status).toBe(503);
  only.answer = sound;
  expect((await postChat(url, chatBody())).status).toBe(200);
});

it('clients that leave and requests that are wrong do not count against a worker', async () => {
  const slow = await worker(() => undefined);
  controller.workers.set('orcestator', [slow.url]);
  const { url } = await stage.apiServer(controller.url);
  for (let at = 1; at <= 4; at += 1) {
    const abort = new AbortController();
    const answer = postChat(url, chatBody(), { signal: abort.signal });
    await eventually(() => slow.asked === at);
    abort.abort();
    await answer.catch(() => undefined);
  }
  slow.answer = (response) => void response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
  for (let at = 0; at < 4; at += 1) expect((await postChat(url, chatBody())).status).toBe(400);
  expect(controller.asked.every(({ exclude }) => exclude === undefined)).toBe(true);
});

const BROKEN = '{"error":{"message":"why"},"object":"error","message":"why","code":50007}';

it("VS Code reads a worker's 502 as 400 with the same body", async () => {
  const broken = await worker(
    (response) => void response.writeHead(502, { 'content-type': 'application/json' }).end(BROKEN),
  );
  controller.workers.set('orcestator', [broken.url]);
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody(), { headers: { 'user-agent': 'GitHubCopilotChat/0.67.0' } });
  expect([answer.status, await answer.text()]).toEqual([400, BROKEN]);
  expect(
    (await postChat(url, chatBody(), { headers: { 'user-agent': 'GitHubCopilotChat/0.67.0' } })).status,
  ).toBe(400);
  controller.workers.clear();
  const none = await postChat(url, chatBody(), { headers: { 'user-agent': 'GitHubCopilotChat/0.67.0' } });
  expect([none.status, ((await none.json()) as { code: number }).code]).toEqual([400, 50005]);
});
