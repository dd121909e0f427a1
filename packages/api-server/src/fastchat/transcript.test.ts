/** Replays what was recorded from FastChat 0.2.36's API server: the same calls to the worker, the same answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { Stage } from '../testing/fakes';
import { eventsOf, FastChatWorker, type WorkerCall } from '../testing/fastchat-worker';

interface Exchange {
  name: string;
  request: { method: string; path: string; body: unknown };
  worker_calls: (WorkerCall & { answer: string })[];
  status: number;
  answer: string;
}

const file = join(__dirname, '__fixtures__/api_server_transcript.json');
const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: Exchange[] };

const stage = new Stage();
const worker = new FastChatWorker();
let url: string;

beforeAll(async () => {
  const controller = await stage.controller();
  controller.protocols = ['fastchat'];
  controller.workers.set('stub', [(await stage.app(worker.listener)).url]);
  url = (await stage.apiServer(controller.url)).url;
});
afterAll(() => stage.close());

async function replay({ request, worker_calls: recorded }: Exchange): Promise<Response> {
  worker.calls.length = 0;
  for (const { path } of recorded) {
    worker.answers[path] = recorded.filter((call) => call.path === path).map((call) => call.answer);
  }
  const { method, path, body } = request;
  return fetch(url + path, { method, ...(body === null ? {} : { body: JSON.stringify(body) }) });
}

/** What differs on purpose: ids, times, the model's name. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !['id', 'created', 'object', 'model'].includes(name))
      .map(([name, item]) => [name, comparable(item)]),
  );
}

const parse = (text: string): JsonRecord => JSON.parse(text) as JsonRecord;
const calls = (list: readonly WorkerCall[]): WorkerCall[] => list.map(({ path, body }) => ({ path, body }));
const isError = ({ answer }: Exchange): boolean =>
  answer.includes('"error_code"') || answer.includes('"code"');
const isModels = ({ name }: Exchange): boolean => name === 'models';

it.each(exchanges.filter((one) => !isError(one) && !isModels(one)).map((one) => [one.name, one] as const))(
  '%s: the same calls, the same answer',
  async (_name, exchange) => {
    const answer = await replay(exchange);
    const text = await answer.text();
    expect(calls(worker.calls)).toEqual(calls(exchange.worker_calls));
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([
      exchange.status,
      exchange.answer.startsWith('data:') ? 'text/event-stream' : 'application/json',
    ]);
    if (!exchange.answer.startsWith('data:')) {
      expect(comparable(parse(text))).toEqual(comparable(parse(exchange.answer)));
      return;
    }
    expect(eventsOf(text).map(comparable)).toEqual(eventsOf(exchange.answer).map(comparable));
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const object = exchange.request.path.includes('chat') ? 'chat.completion.chunk' : 'text_completion';
    for (const chunk of eventsOf(text)) {
      expect(chunk).toMatchObject({ object, created: expect.any(Number), model: 'orcestator' });
    }
  },
);

it.each(exchanges.filter(isModels))('$name: the list with FastChat’s permissions', async (exchange) => {
  const list = parse(await (await replay(exchange)).text());
  const ours = JSON.stringify(comparable(list));
  expect(ours).toBe(JSON.stringify(comparable(parse(exchange.answer))).replace('"fastchat"', '"orcestator"'));
});

/** Name of the exchange → our status, FastChat's code and our OpenAI code, where they are not FastChat's 400. */
const errors: Record<string, [status: number, code: number]> = {
  'worker error json': [500, 50002],
  'worker error stream': [500, 50002],
  'too long': [400, 40303],
  'wrong model': [404, 40301],
  'bad temperature': [400, 40302],
  'bad n': [400, 40302],
  'bad max_tokens': [400, 40302],
  'bad top_p': [400, 40302],
  'no messages': [400, 40001],
};

it.each(exchanges.filter((one) => errors[one.name]).map((one) => [one.name, one] as const))(
  '%s: the same calls, the error in our shape',
  async (name, exchange) => {
    const answer = await replay(exchange);
    const body = parse(await answer.text());
    expect(calls(worker.calls)).toEqual(calls(exchange.worker_calls));
    expect([answer.status, body.code]).toEqual(errors[name]);
    expect(body).toMatchObject({ object: 'error', error: { message: body.message } });
    // FastChat's words, where they are not about its own ways.
    if (!['wrong model', 'no messages'].includes(name)) {
      expect(exchange.answer).toContain(JSON.stringify(body.message).slice(1, -1));
    }
  },
);

it('worker error mid stream: what was said stays, then the error in the form that clients show', async () => {
  const exchange = exchanges.find(({ name }) => name === 'worker error mid stream') as Exchange;
  const text = await (await replay(exchange)).text();
  expect(calls(worker.calls)).toEqual(calls(exchange.worker_calls));
  expect(eventsOf(text)).toMatchObject([
    { choices: [{ delta: { role: 'assistant' } }] },
    { choices: [{ delta: { content: 'Hel' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'error' }] },
    { error: { message: 'late failure', type: 'server_error', param: null } },
  ]);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

it('every exchange of the recording is replayed', () => {
  const replayed = exchanges.filter((one) => !isError(one) || errors[one.name]).map(({ name }) => name);
  expect([...replayed, 'worker error mid stream'].sort()).toEqual(exchanges.map(({ name }) => name).sort());
});
