/** The stream that a client gets from a worker of FastChat's, whatever that worker does. */
import type { ServerResponse } from 'node:http';
import { chatBody, postChat, Stage, type FakeController } from '../testing/fakes';
import { eventsOf, FastChatWorker, frame, usage } from '../testing/fastchat-worker';

const stage = new Stage();
let controller: FakeController;
let worker: FastChatWorker;
beforeEach(async () => {
  controller = await stage.controller();
  controller.protocols = ['fastchat'];
  worker = new FastChatWorker();
  controller.workers.set('orcestator', [(await stage.app(worker.listener)).url]);
});
afterEach(() => stage.close());

const STREAM = '/worker_generate_stream';
/** Frames, and then whatever the test does with the open answer. */
const open = (frames: string, then: (response: ServerResponse) => void) => (response: ServerResponse) => {
  response.write(frames);
  then(response);
};

async function chat(fields: object = {}): Promise<{ status: number; text: string; events: object[] }> {
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody(fields));
  const text = await answer.text();
  return { status: answer.status, text, events: eventsOf(text) };
}

const content = (events: object[]): string =>
  events
    .map(
      (event) =>
        (event as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content ?? '',
    )
    .join('');

it('role, text, one finish chunk, no usage unless asked for', async () => {
  const { events, text } = await chat();
  expect(events).toMatchObject([
    { choices: [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]);
  expect(text).not.toContain('usage');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

it('usage in a chunk of its own where the client asks for it', async () => {
  const { events } = await chat({ stream_options: { include_usage: true } });
  expect(events.at(-1)).toMatchObject({ choices: [], usage: usage(5, 2) });
});

it('several answers: each choice has its role, its text and one finish; usage is the sum', async () => {
  worker.answers[STREAM] = [
    frame('A', { usage: usage(5, 1), finish_reason: 'stop' }),
    frame('B', { usage: usage(5, 2), finish_reason: 'length' }),
  ];
  const { events } = await chat({ n: 2, stream_options: { include_usage: true } });
  expect(events).toMatchObject([
    { choices: [{ index: 0, delta: { role: 'assistant' } }] },
    { choices: [{ index: 0, delta: { content: 'A' } }] },
    { choices: [{ index: 1, delta: { role: 'assistant' } }] },
    { choices: [{ index: 1, delta: { content: 'B' } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [{ index: 1, delta: {}, finish_reason: 'length' }] },
    { choices: [], usage: usage(10, 3) },
  ]);
});

it('a second answer that fails: the first one keeps its finish, the error closes the other', async () => {
  worker.answers[STREAM] = [
    frame('A', { finish_reason: 'stop' }),
    frame('B') + frame('no memory', { error_code: 50002 }),
  ];
  const { events } = await chat({ n: 2 });
  expect(events.slice(-3)).toMatchObject([
    { choices: [{ index: 0, finish_reason: 'stop' }] },
    { choices: [{ index: 1, finish_reason: 'error' }] },
    { error: { message: 'no memory', code: 'out_of_memory' } },
  ]);
});

it.each([
  ['dies', (response: ServerResponse) => void response.destroy()],
  ['ends without the reason it announced', (response: ServerResponse) => void response.end()],
  ['sends half a frame', (response: ServerResponse) => void response.end('{"text": "Hell')],
  ['sends something else', (response: ServerResponse) => void response.end('<html>\0')],
])('a worker that %s in the middle: what was said stays, then the error', async (_name, end) => {
  worker.answers[STREAM] = open(frame('Hel'), (response) => setImmediate(() => end(response)));
  const { status, events, text } = await chat();
  expect([status, content(events)]).toEqual([200, 'Hel']);
  expect(events.slice(-2)).toMatchObject([
    { choices: [{ index: 0, delta: {}, finish_reason: 'error' }] },
    { error: { message: expect.stringContaining('broke off'), code: 'worker_unreachable' } },
  ]);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

it('a stream that breaks is counted, one that does not is not', async () => {
  worker.answers[STREAM] = [
    frame('whole', { finish_reason: 'stop' }),
    frame('Hel') + frame('', { error_code: 50001 }),
  ];
  const { url } = await stage.apiServer(controller.url);
  const broken = async (): Promise<string | undefined> => {
    await (await postChat(url, chatBody())).text();
    return /broken_answers_total (\d)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
  };
  expect([await broken(), await broken()]).toEqual(['0', '1']);
});

it('a worker that never speaks of a reason ends with "stop", as at FastChat', async () => {
  worker.answers[STREAM] = `${JSON.stringify({ text: 'Hi', error_code: 0 })}\0`;
  const { events } = await chat();
  expect(events.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
});

it('an answer without text is whole too', async () => {
  worker.answers[STREAM] = frame('', { finish_reason: 'stop' });
  const { events } = await chat();
  expect(events).toMatchObject([
    { choices: [{ delta: { role: 'assistant' } }] },
    { choices: [{ delta: {}, finish_reason: 'stop' }] },
  ]);
});

it.each([
  ['an answer of nothing', (response: ServerResponse) => void response.end()],
  ['a death before the first frame', (response: ServerResponse) => void response.destroy()],
  ['500', (response: ServerResponse) => void response.writeHead(500).end('Internal Server Error')],
])('%s: another worker is asked, the client sees nothing of it', async (_name, fail) => {
  const broken = new FastChatWorker();
  broken.answers[STREAM] = fail;
  const addresses = [(await stage.app(broken.listener)).url, ...(controller.workers.get('orcestator') ?? [])];
  controller.workers.set('orcestator', addresses);
  const { status, events } = await chat();
  expect([status, content(events)]).toEqual([200, 'Hello']);
  expect([broken.paths(), worker.paths()].map((paths) => paths.includes(STREAM))).toEqual([true, true]);
});

it('an error frame before any text is an HTTP error, and nobody else is asked', async () => {
  worker.answers[STREAM] = frame('**NETWORK ERROR**', { error_code: 50001 });
  const { status, text } = await chat();
  expect([status, JSON.parse(text)]).toMatchObject([
    500,
    { code: 50001, error: { message: '**NETWORK ERROR**' } },
  ]);
  expect(worker.paths().filter((path) => path === STREAM)).toHaveLength(1);
});
