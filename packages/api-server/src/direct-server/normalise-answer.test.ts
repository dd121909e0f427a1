/** Servers registered without a worker of ours: their answers, with their real quirks, as a client gets them. */
import type { RequestListener, ServerResponse } from 'node:http';
import { createManualClock, createTestKit, eventually } from '@orcestator/service-kit/testing';
import { chatBody, postChat, readBody, Stage, type FakeController } from '../testing/fakes';

const stage = new Stage();
let controller: FakeController;
let url: string;

beforeEach(async () => {
  controller = await stage.controller();
  url = (await stage.apiServer(controller.url)).url;
});
afterEach(() => stage.close());

const MODEL = 'llama3:latest';

async function serve(answer: (response: ServerResponse, body: string) => void): Promise<void> {
  const server: RequestListener = (request, response) =>
    void readBody(request).then((body) => answer(response, body));
  controller.workers.set(MODEL, [(await stage.app(server)).url]);
}

const sse = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });
const json = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const ask = (fields: object = {}): Promise<Response> => postChat(url, chatBody({ model: MODEL, ...fields }));

interface Delta {
  content?: string;
  tool_calls?: { index: number; id?: string }[];
}

interface Chunk {
  model?: string;
  choices?: { delta: Delta; finish_reason: string | null }[];
  usage?: object;
  error?: { message: string; code: string };
}

function eventsOf(text: string): Chunk[] {
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  const events = text.split(/\n\n|: ping\n/).filter((event) => event.startsWith('data: {'));
  return events.map((event) => JSON.parse(event.slice(6)) as Chunk);
}

/** A chunk of Ollama. */
const ollama = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-591',
    object: 'chat.completion.chunk',
    created: 1764151000,
    model: MODEL,
    system_fingerprint: 'fp_ollama',
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`;
const OLLAMA_USAGE = `data: ${JSON.stringify({
  id: 'chatcmpl-591',
  object: 'chat.completion.chunk',
  model: MODEL,
  choices: [],
  usage: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
})}\n\n`;

describe('a stream', () => {
  const hello = [
    ollama({ role: 'assistant', content: 'Hel' }),
    ollama({ role: 'assistant', content: 'lo' }),
    ollama({ role: 'assistant', content: '' }, 'stop'),
  ].join('');

  it.each([
    [true, 1],
    [false, 0],
  ])('of Ollama reads as ours; usage asked for: %s', async (include_usage, count) => {
    await serve((response) => sse(response).end(`${hello}${OLLAMA_USAGE}data: [DONE]\n\n`));
    const answer = await ask({ stream_options: { include_usage } });
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe(MODEL);
    const events = eventsOf(await answer.text());
    expect(events.map(({ model }) => model)).toEqual(events.map(() => 'orcestator'));
    const deltas = events.flatMap(({ choices = [] }) => choices.map(({ delta }) => delta));
    expect(deltas).toEqual([{ role: 'assistant', content: 'Hel' }, { content: 'lo' }, {}]);
    expect(events.filter(({ choices }) => choices?.[0]?.finish_reason === 'stop')).toHaveLength(1);
    expect(events.filter(({ usage }) => usage)).toHaveLength(count);
  });

  it('with CRLF and without [DONE] is whole', async () => {
    await serve((response) => sse(response).end(hello.replaceAll('\n', '\r\n')));
    const text = await (await ask()).text();
    expect(text).not.toContain('\r');
    expect(eventsOf(text)).toHaveLength(3);
  });

  it("keeps Ollama's parallel tool calls apart, which all have index 0", async () => {
    const call = (id: string, name: string) => ({
      tool_calls: [{ id, index: 0, type: 'function', function: { name, arguments: '{"a":1}' } }],
    });
    const calls = ollama(call('call_1', 'one')) + ollama(call('call_2', 'two')) + ollama({}, 'stop');
    await serve((response) => sse(response).end(`${calls}data: [DONE]\n\n`));
    const events = eventsOf(await (await ask()).text());
    const fragments = events.flatMap(({ choices = [] }) =>
      choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    );
    expect(fragments.flatMap(({ index, id }) => (id ? [[index, id]] : []))).toEqual([
      [0, 'call_1'],
      [1, 'call_2'],
    ]);
    expect(events.at(-1)?.choices?.[0]?.finish_reason).toBe('tool_calls');
  });

  it.each([
    ['without a finish', ollama({ content: 'Hel' }), 'ended its answer before it was complete'],
    [
      'with an error event of LM Studio',
      `${ollama({ content: 'Hel' })}event: error\ndata: {"error":{"message":"Model crashed"}}\n\n`,
      'Model crashed',
    ],
    [
      "with vLLM's old error event",
      `${ollama({ content: 'Hel' })}data: {"object":"error","message":"CUDA died","type":"X","param":null,"code":500}\n\ndata: [DONE]\n\n`,
      'CUDA died',
    ],
  ])('%s ends with an error', async (_name, body, message) => {
    await serve((response) => sse(response).end(body));
    const events = eventsOf(await (await ask()).text());
    expect(events.at(-2)?.choices?.[0]?.finish_reason).toBe('error');
    expect(events.at(-1)?.error?.message).toContain(message);
  });

  it('that breaks before its first event is an HTTP error', async () => {
    await serve((response) =>
      sse(response).end('data: {"error":"model runner has unexpectedly stopped"}\n\n'),
    );
    const answer = await ask();
    expect([answer.status, await answer.json()]).toMatchObject([
      502,
      { error: { message: expect.stringContaining('unexpectedly stopped') }, object: 'error', code: 50007 },
    ]);
  });

  it('that fails after a long silence has a head already, and tells the failure in its tail', async () => {
    const clock = createManualClock();
    stage.kit = createTestKit({ clock });
    url = (await stage.apiServer(controller.url)).url;
    let fail = (): void => undefined;
    await serve((response) => {
      sse(response).flushHeaders();
      fail = () => response.end('data: {"error":{"message":"out of memory"}}\n\n');
    });
    const asked = ask();
    // One is the limit of the whole answer; the others wait for this server.
    await eventually(() => clock.pending() > 1);
    await clock.advance(10_000);
    const answer = await asked;
    fail();
    const text = await answer.text();
    expect(text).toMatch(/^: ping\n/);
    expect([answer.status, eventsOf(text).at(-1)?.error?.message]).toEqual([200, 'out of memory.']);
  });

  it('that is cut ends with an error', async () => {
    await serve((response) => sse(response).write(ollama({ content: 'Hel' }), () => response.destroy()));
    expect(eventsOf(await (await ask()).text()).at(-1)?.error?.code).toBe('worker_unreachable');
  });

  it('comes as it is made, and is closed when the client leaves', async () => {
    let answering: ServerResponse | undefined;
    await serve((response) => {
      answering = response;
      sse(response).write(ollama({ content: 'Hel' }));
    });
    const abort = new AbortController();
    const answer = await postChat(url, chatBody({ model: MODEL }), { signal: abort.signal });
    const first = await answer.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('Hel');
    abort.abort();
    await eventually(() => answering?.destroyed === true, 1_000);
  });

  it('that comes as one body becomes a stream', async () => {
    const message = { role: 'assistant', content: 'Hello' };
    await serve(
      json(200, { id: 'x', model: MODEL, choices: [{ index: 0, message, finish_reason: 'stop' }] }),
    );
    expect(eventsOf(await (await ask()).text())[0]?.choices?.[0]?.delta.content).toBe('Hello');
  });
});

describe('one body', () => {
  it('has our model and is otherwise untouched', async () => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
    const body = { id: 'x', model: MODEL, choices, usage: { prompt_tokens: 1 }, extra: [1.5, null] };
    await serve(json(200, body));
    const answer = await ask({ stream: false });
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe(MODEL);
    expect(await answer.json()).toEqual({ ...body, model: 'orcestator' });
  });

  it('that is cut is an error of the server, not ours', async () => {
    await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    });
    const answer = await ask({ stream: false });
    expect([answer.status, await answer.json()]).toMatchObject([
      502,
      { error: { code: 'worker_unreachable' } },
    ]);
  });

  it('that is no answer says so', async () => {
    await serve((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    const answer = await ask({ stream: false });
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('text/html')]);
  });
});
