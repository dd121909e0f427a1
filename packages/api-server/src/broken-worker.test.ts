/** Workers that answer and are broken all the same: passed over, left alone after a while, and no riddle for the client. */
import type { ServerResponse } from 'node:http';
import { OrcestatorError, toErrorBody, UPSTREAM_MODEL_HEADER, type ErrorKind } from '@orcestator/protocol';
import { createManualClock, createRecordingLogger, createTestKit } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let controller: FakeController;
beforeEach(async () => {
  controller = await stage.controller();
});
afterEach(() => stage.close());

const ANSWER =
  'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const SECRET_WORDS =
  'This service belongs to a cluster with a secret: give every service the same OR_CLUSTER_SECRET.';

const sound = (response: ServerResponse): void =>
  void response
    .writeHead(200, { 'content-type': 'text/event-stream', [UPSTREAM_MODEL_HEADER]: 'a/b' })
    .end(ANSWER);
/** An error as a worker of ours answers it. */
const ours =
  (kind: ErrorKind, message = 'why') =>
  (response: ServerResponse) => {
    const error = new OrcestatorError(kind, message);
    response
      .writeHead(error.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(toErrorBody(error)));
  };
const foreign = (status: number, type: string, body: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': type }).end(body);

/** A worker that counts its requests. */
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

const PAGE = '<html><body>Bad gateway</body></html>';

describe.each<[string, (response: ServerResponse) => void]>([
  ['its own 500', ours('internal')],
  ['a 403, since its secret is another one', ours('not_permitted', SECRET_WORDS)],
  ['a 404, since it is another service of ours', ours('route_not_found')],
  ['a page with 502', foreign(502, 'text/html', PAGE)],
  ['a page with 404', foreign(404, 'text/html', PAGE)],
  ['a text with 503', foreign(503, 'text/plain', 'server busy')],
  ['the 503 of something else', foreign(503, 'application/json', '{"error":"server busy"}')],
])('a worker that answers with %s', (_name, answer) => {
  it('is passed over, and rests for 30 s after three such answers', async () => {
    const clock = createManualClock();
    stage.kit = createTestKit({ clock });
    const [broken, good] = [await worker(answer), await worker(sound)];
    controller.workers.set('orcestator', [broken.url, good.url]);
    const { url } = await stage.apiServer(controller.url);
    for (let at = 0; at < 5; at += 1) expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
    expect([broken.asked, good.asked]).toEqual([3, 5]);
    await clock.advance(30_001);
    await (await postChat(url, chatBody())).text();
    expect(broken.asked).toBe(4);
  });

  it('is told to the client in our shape when nobody else is there, without a word about the cluster', async () => {
    const logger = createRecordingLogger();
    stage.kit = createTestKit({ logger });
    controller.workers.set('orcestator', [(await worker(answer)).url]);
    const { url } = await stage.apiServer(controller.url);
    const read = await postChat(url, chatBody());
    const text = await read.text();
    expect(read.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(text)).toMatchObject({ object: 'error', error: { message: expect.any(String) } });
    expect(text).not.toMatch(/secret|cluster/i);
    expect(read.status).not.toBe(403);
    expect(logger.lines.join('\n')).toContain('a worker failed before its answer');
  });
});

it('a wrong cluster secret: the client is sent to the log, and the log knows why', async () => {
  const logger = createRecordingLogger();
  stage.kit = createTestKit({ logger });
  controller.workers.set('orcestator', [(await worker(ours('not_permitted', SECRET_WORDS))).url]);
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody());
  expect([answer.status, await answer.json()]).toMatchObject([
    502,
    { message: 'No worker could be reached; see the log of the API server.' },
  ]);
  expect(logger.lines.join('\n')).toContain('OR_CLUSTER_SECRET');
});

it.each(['not_permitted', 'internal'] as const)(
  '%s of a worker asked in FastChat’s protocol sends the request on too',
  async (kind) => {
    controller.protocols = ['fastchat'];
    const broken = await worker(ours(kind, SECRET_WORDS));
    controller.workers.set('orcestator', [broken.url]);
    const { url } = await stage.apiServer(controller.url);
    const text = await (await postChat(url, chatBody())).text();
    expect(text).toContain('see the log of the API server');
    expect(text).not.toMatch(/secret/i);
    expect(controller.asked).toHaveLength(2);
  },
);

it.each(['overloaded', 'shutting_down', 'no_worker', 'worker_unreachable'] as const)(
  'one that says %s is passed over and well: it never rests',
  async (kind) => {
    const [full, free] = [await worker(ours(kind)), await worker(sound)];
    controller.workers.set('orcestator', [full.url, free.url]);
    const { url } = await stage.apiServer(controller.url);
    for (let at = 0; at < 4; at += 1) expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
    expect([full.asked, free.asked]).toEqual([4, 4]);
  },
);

it.each([
  'upstream_failed',
  'upstream_key_rejected',
  'upstream_credits',
  'rate_limit',
  'timeout',
  'invalid_request',
  'model_not_found',
] as const)('%s is what the upstream said: final, and no fault of the worker', async (kind) => {
  const [first, second] = [await worker(ours(kind)), await worker(sound)];
  controller.workers.set('orcestator', [first.url, second.url]);
  const { url } = await stage.apiServer(controller.url);
  const { status } = new OrcestatorError(kind, '');
  for (let at = 0; at < 4; at += 1) expect((await postChat(url, chatBody())).status).toBe(status);
  expect([first.asked, second.asked]).toEqual([4, 0]);
});

it('a gateway of ours behind this one that wants a key does not log Copilot out', async () => {
  controller.workers.set('orcestator', [(await worker(ours('api_key_missing'))).url]);
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody());
  expect([answer.status, await answer.json()]).toMatchObject([
    502,
    { error: { code: 'upstream_key_rejected' } },
  ]);
});

describe("FastChat's controller, which knows no exclude", () => {
  beforeEach(() => {
    controller.knowsExclude = false;
  });

  it('a dead worker that it names again is asked once', async () => {
    const dead = await worker((response) => void response.destroy());
    controller.workers.set('orcestator', [dead.url]);
    const { url } = await stage.apiServer(controller.url);
    const answer = await postChat(url, chatBody());
    expect([answer.status, await answer.json()]).toMatchObject([
      502,
      { error: { code: 'worker_unreachable' } },
    ]);
    expect(dead.asked).toBe(1);
  });

  it('the client reads what the only worker said', async () => {
    const full = await worker(ours('overloaded', 'All 2 slots are taken.'));
    controller.workers.set('orcestator', [full.url]);
    const { url } = await stage.apiServer(controller.url);
    expect(await (await postChat(url, chatBody())).json()).toMatchObject({
      message: 'All 2 slots are taken.',
    });
    expect(full.asked).toBe(1);
  });

  it('another one that it names later is asked', async () => {
    const [dead, good] = [await worker((response) => void response.destroy()), await worker(sound)];
    controller.workers.set('orcestator', [dead.url, dead.url, good.url]);
    const { url } = await stage.apiServer(controller.url);
    expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
    expect([dead.asked, good.asked]).toEqual([1, 1]);
  });
});
