/** What a client may ask of a text worker, what is refused, and how little is asked of the worker for it. */
import { createManualClock, createTestKit } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from '../testing/fakes';
import { chatMlTemplate, FastChatWorker, frame } from '../testing/fastchat-worker';

const stage = new Stage();
let controller: FakeController;
let worker: FastChatWorker;
let address: string;
beforeEach(async () => {
  controller = await stage.controller();
  controller.protocols = ['fastchat'];
  worker = new FastChatWorker();
  address = (await stage.app(worker.listener)).url;
  controller.workers.set('orcestator', [address]);
});
afterEach(() => stage.close());

const GENERATE = '/worker_generate';
const TEMPLATE = '/worker_get_conv_template';

async function post(
  path: string,
  fields: object,
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const { url } = await stage.apiServer(controller.url);
  const body = JSON.stringify({ model: 'orcestator', ...fields });
  const answer = await fetch(url + path, { method: 'POST', body });
  return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers };
}

const chat = (fields: object): ReturnType<typeof post> =>
  post('/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }], ...fields });

const params = (): Record<string, unknown> =>
  worker.calls.find(({ path }) => path === GENERATE)?.body as Record<string, unknown>;

describe('what a text worker cannot do is refused with 400', () => {
  const tool = { type: 'function', function: { name: 'f' } };
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
  it.each([
    ['tools', { tools: [tool] }, 'has no tools'],
    ['functions', { functions: [{ name: 'f' }] }, 'has no tools'],
    ['a JSON answer', { response_format: { type: 'json_object' } }, 'response_format'],
    ['an image', { messages: [{ role: 'user', content: [image] }] }, 'type "image_url"'],
    ['a tool result', { messages: [{ role: 'tool', tool_call_id: 'x', content: '1' }] }, 'tool call'],
    ['a tool call', { messages: [{ role: 'assistant', content: null, tool_calls: [{}] }] }, 'tool call'],
    ['an unknown role', { messages: [{ role: 'alien', content: 'x' }] }, 'Unknown role: "alien"'],
    ['a role that every object has', { messages: [{ role: 'constructor', content: 'x' }] }, 'Unknown role'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['a part without text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }, '"text"'],
    ['a message that is none', { messages: ['hi'] }, 'messages[0]'],
    ['no messages', { messages: [] }, '"messages"'],
    ['a number that is none', { temperature: 'warm' }, '"temperature" must be a number'],
    ['half an answer', { n: 1.5 }, '"n" must be a whole number'],
    ['a stop that is none', { stop: 5 }, '"stop"'],
  ])('%s', async (_name, fields, message) => {
    const { status, body } = await chat(fields);
    expect([status, body.code]).toEqual([400, 40001]);
    expect(body.message).toContain(message);
    expect(worker.paths()).not.toContain(GENERATE);
  });

  it.each([
    [{ temperature: -0.5 }, "-0.5 is less than the minimum of 0 - 'temperature'"],
    [{ top_p: -1 }, "-1.0 is less than the minimum of 0 - 'top_p'"],
    [{ top_k: 0 }, '0 is out of Range. Either set top_k to -1 or >=1.'],
    [{ max_tokens: -1 }, "-1 is less than the minimum of 1 - 'max_tokens'"],
    [{ n: 1000 }, "1000 is greater than the maximum of 128 - 'n'"],
  ])("%j is out of range, in FastChat's words", async (fields, message) => {
    expect((await chat(fields)).body).toMatchObject({ code: 40302, message });
  });
});

it('tools that the client itself switches off are no obstacle', async () => {
  const { status } = await chat({ tools: [{}], tool_choice: 'none', response_format: { type: 'text' } });
  expect(status).toBe(200);
});

it('null is a default, max_completion_tokens a name of max_tokens, developer a name of system', async () => {
  await chat({
    messages: [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ],
    temperature: null,
    stop: null,
    n: null,
    max_completion_tokens: 7,
  });
  expect(params()).toMatchObject({ temperature: 0.7, max_new_tokens: 7, stop: [] });
  expect(params().prompt).toContain('<|im_start|>system\nBe brief.<|im_end|>');
});

it("the template's stops join the client's", async () => {
  const conv = { ...chatMlTemplate, stop_str: ['</s>', 'X'], stop_token_ids: [1, 2] };
  worker.answers[TEMPLATE] = JSON.stringify({ conv });
  await chat({ stop: 'X' });
  expect(params()).toMatchObject({ stop: ['X', '</s>'], stop_token_ids: [1, 2] });
});

it('a worker that does not know its context is not limited by it', async () => {
  worker.answers['/model_details'] = JSON.stringify({ context_length: null });
  await chat({});
  expect(params()).not.toHaveProperty('max_new_tokens');
  expect((await chat({ max_tokens: 9 })).status).toBe(200);
});

it("the answer says orcestator, a header says the worker's model", async () => {
  const { body, headers } = await chat({});
  expect(body).toMatchObject({ model: 'orcestator', object: 'chat.completion' });
  expect(headers.get('x-orcestator-upstream-model')).toBe('orcestator');
});

it('an embedding that failed is an error', async () => {
  worker.answers['/worker_get_embeddings'] = JSON.stringify({ text: 'no memory', error_code: 50002 });
  expect(await post('/v1/embeddings', { input: 'a' })).toMatchObject({
    status: 500,
    body: { code: 50002, message: 'no memory' },
  });
});

it.each([
  ['/v1/completions', { prompt: [1, 2] }],
  ['/v1/embeddings', { input: [[1, 2]] }],
])('%s: token ids need the tokenizer of the model, so they are refused', async (path, fields) => {
  const { status, body } = await post(path, fields);
  expect([status, body.message]).toEqual([400, expect.stringContaining('token ids')]);
});

it('a worker without a path that is needed: 400 that names it', async () => {
  delete worker.answers['/worker_get_embeddings'];
  const { status, body } = await post('/v1/embeddings', { input: 'a' });
  expect([status, body.message]).toEqual([400, expect.stringContaining('/worker_get_embeddings')]);
});

it('a worker that fails alone: the client is told which worker call failed', async () => {
  worker.answers['/count_token'] = (response) => void response.writeHead(500).end('Internal Server Error');
  const { status, body } = await chat({});
  expect([status, body.message]).toEqual([502, expect.stringContaining('/count_token')]);
});

it('streams of text completions: every prompt and answer has its own index', async () => {
  worker.answers['/worker_generate_stream'] = frame('x', {
    finish_reason: 'stop',
    logprobs: { tokens: ['x'] },
  });
  const { url } = await stage.apiServer(controller.url);
  const body = JSON.stringify({ model: 'orcestator', prompt: ['A', 'B'], n: 2, stream: true, logprobs: 1 });
  const text = await (await fetch(`${url}/v1/completions`, { method: 'POST', body })).text();
  expect(text.match(/"index":\d/g)).toEqual([0, 1, 2, 3, 0, 1, 2, 3].map((index) => `"index":${index}`));
  expect(text).toContain('"text":"x","logprobs":{"tokens":["x"]},"finish_reason":null');
});

it.each([42903, 50005])('a worker that says it cannot now (%d) is passed over for another', async (code) => {
  const full = new FastChatWorker();
  full.answers[GENERATE] = JSON.stringify({ text: 'not now', error_code: code });
  controller.workers.get('orcestator')?.unshift((await stage.app(full.listener)).url);
  expect(await chat({})).toMatchObject({
    status: 200,
    body: { choices: [{ message: { content: 'Hello' } }] },
  });
  controller.workers.get('orcestator')?.pop();
  expect(await chat({})).toMatchObject({ status: 503, body: { code, message: 'not now' } });
});

describe('the template is remembered', () => {
  const asked = (): number => worker.paths().filter((path) => path === TEMPLATE).length;

  it('for 30 s', async () => {
    const clock = createManualClock();
    stage.kit = createTestKit({ clock });
    const { url } = await stage.apiServer(controller.url);
    const ask = async (): Promise<unknown> => (await postChat(url, chatBody({ stream: false }))).json();
    await ask();
    await clock.advance(29_000);
    await ask();
    expect(asked()).toBe(1);
    await clock.advance(1_000);
    await ask();
    expect(asked()).toBe(2);
  });

  it('until the worker fails', async () => {
    const { url } = await stage.apiServer(controller.url);
    const ask = async (): Promise<unknown> => (await postChat(url, chatBody({ stream: false }))).json();
    const sound = worker.answers[GENERATE] as string;
    worker.answers[GENERATE] = [sound, (response) => void response.destroy(), sound];
    for (let time = 0; time < 3; time += 1) await ask();
    expect(asked()).toBe(2);
  });
});
