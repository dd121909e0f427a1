/** Which worker gets a request, and what the client is told when none does. */
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { createManualClock, createTestKit } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let controller: FakeController;

beforeEach(async () => {
  controller = await stage.controller();
});
afterEach(() => stage.close());

const ANSWER =
  'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

async function goodWorker(): Promise<string> {
  const worker = await stage.worker((request, response) => {
    request.resume();
    response
      .writeHead(200, { 'content-type': 'text/event-stream', [UPSTREAM_MODEL_HEADER]: 'a/b' })
      .end(ANSWER);
  });
  return worker.url;
}

async function failedAnswer(
  url: string,
  body: string,
): Promise<{
  status: number;
  body: { error: { message: string; code: string }; code: number };
  headers: Headers;
}> {
  const answer = await postChat(url, body);
  return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers };
}

it('a worker that refuses is passed over: the controller is asked again without it', async () => {
  const { url } = await stage.apiServer(controller.url);
  const dead = 'http://127.0.0.1:9';
  controller.workers.set('orcestator', [dead, await goodWorker()]);
  expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
  expect(controller.asked.map(({ exclude }) => exclude)).toEqual([undefined, [dead]]);
});

it('a worker that dies before its answer begins is passed over', async () => {
  const { url } = await stage.apiServer(controller.url);
  const dying = await stage.worker((_request, response) => response.destroy());
  controller.workers.set('orcestator', [dying.url, await goodWorker()]);
  expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
});

it('no worker at all: 503 with the remedy and a time to come back', async () => {
  const { url } = await stage.apiServer(controller.url);
  const { status, body, headers } = await failedAnswer(url, chatBody());
  expect(status).toBe(503);
  expect(body).toMatchObject({
    code: 50005,
    error: { code: 'no_worker', message: expect.stringContaining('worker') },
  });
  expect(headers.get('retry-after')).toBe('2');
});

it('every worker refuses: 503, not an unknown model', async () => {
  const { url } = await stage.apiServer(controller.url);
  controller.workers.set('orcestator', ['http://127.0.0.1:9']);
  expect((await failedAnswer(url, chatBody())).body.error.code).toBe('no_worker');
});

it('an unknown model: 404 that lists what there is', async () => {
  const { url } = await stage.apiServer(controller.url);
  controller.workers.set('orcestator', [await goodWorker()]);
  const { status, body } = await failedAnswer(url, chatBody({ model: 'gpt-9' }));
  expect(status).toBe(404);
  expect(body).toMatchObject({
    code: 40301,
    error: { code: 'model_not_found', param: 'model', message: expect.stringContaining('orcestator') },
  });
});

it('no controller: 503 that says so', async () => {
  const { url } = await stage.apiServer('http://127.0.0.1:9');
  const { status, body } = await failedAnswer(url, chatBody());
  expect(status).toBe(503);
  expect(body.error).toMatchObject({
    code: 'controller_unreachable',
    message: expect.stringContaining('not running'),
  });
});

it('while the controller is away its last answer stands in, but not for ever', async () => {
  const clock = createManualClock();
  stage.kit = createTestKit({ clock });
  const { url } = await stage.apiServer(controller.url);
  controller.workers.set('orcestator', [await goodWorker()]);
  expect((await postChat(url, chatBody())).status).toBe(200);
  await controller.close();
  expect(await (await postChat(url, chatBody())).text()).toBe(ANSWER);
  await clock.advance(60_001);
  expect((await postChat(url, chatBody())).status).toBe(503);
});

it('a worker that speaks no protocol of ours: 503 that says so', async () => {
  controller.workers.set('orcestator', ['http://127.0.0.1:9']);
  controller.protocols = [];
  const { url } = await stage.apiServer(controller.url);
  const { status, body } = await failedAnswer(url, chatBody());
  expect([status, body.error.code]).toEqual([503, 'no_worker']);
  expect(body.error.message).toContain("speaks neither OpenAI's protocol nor FastChat's");
});

it.each([
  ['not JSON', '{"model":', 'not valid JSON'],
  ['no object', '[]', 'JSON object'],
  ['no model', '{"messages":[]}', '"model" is missing'],
  ['an empty body', '', 'empty'],
])('%s: 400', async (_name, body, message) => {
  const { url } = await stage.apiServer(controller.url);
  const answer = await failedAnswer(url, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error.message).toContain(message);
});

it('a body over the limit: 413', async () => {
  const { url } = await stage.apiServer(controller.url, { bodyLimit: 1_000 });
  expect((await failedAnswer(url, chatBody({ x: 'x'.repeat(2_000) }))).status).toBe(413);
});
