/** How long a text worker's stream lasts: clients that leave or do not read, silences, the end of the service. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createManualClock, createTestKit, eventually } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from '../testing/fakes';
import { eventsOf, FastChatWorker, frame } from '../testing/fastchat-worker';

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
const never = (): void => undefined;

/** The best of three: what is measured is the gateway, not what else this machine does. */
async function holdDelay(leave: () => Promise<number>): Promise<void> {
  expect(Math.min(await leave(), await leave(), await leave())).toBeLessThan(100);
}

it.each([
  { phase: 'before the first frame', frames: '', fields: {}, path: STREAM, connections: 1 },
  { phase: 'after it', frames: frame('Hel'), fields: {}, path: STREAM, connections: 1 },
  {
    phase: 'while two answers are made in one body',
    frames: '',
    fields: { stream: false, n: 2 },
    path: '/worker_generate',
    connections: 2,
  },
])('a client that leaves $phase closes the worker’s connections within 100 ms', async (phase) => {
  const { url } = await stage.apiServer(controller.url);
  await holdDelay(async () => {
    const opened: ServerResponse[] = [];
    worker.answers[phase.path] = (response) => {
      opened.push(response);
      response.flushHeaders();
      response.write(phase.frames);
    };
    const abort = new AbortController();
    const answer = postChat(url, chatBody(phase.fields), { signal: abort.signal });
    if (phase.frames !== '') await (await answer).body?.getReader().read();
    await eventually(() => opened.length === phase.connections);
    const closed = opened.map((response) => once(response, 'close'));
    const left = performance.now();
    abort.abort();
    await Promise.all([...closed, answer.catch(never)]);
    return performance.now() - left;
  });
});

it('a stop of the service is said in the stream', async () => {
  const stop = new AbortController();
  stage.kit = createTestKit({ stopSignal: stop.signal });
  worker.answers[STREAM] = open(frame('Hel'), never);
  const { url } = await stage.apiServer(controller.url);
  const reader = (await postChat(url, chatBody())).body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? '';
  stop.abort();
  while (!text.includes('[DONE]')) text += (await reader?.read())?.value ?? '';
  expect(eventsOf(text).slice(-2)).toMatchObject([
    { choices: [{ finish_reason: 'error' }] },
    { error: { code: 'shutting_down' } },
  ]);
});

it('a client that does not read stops the worker (back-pressure)', async () => {
  let written = 0;
  worker.answers[STREAM] = (response) => {
    const text = 'x'.repeat(64 * 1024);
    const more = (): void => {
      while (written < 400) {
        written += 1;
        if (!response.write(frame(text.repeat(written)))) return void response.once('drain', more);
      }
    };
    more();
  };
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody());
  let last = -1;
  await eventually(() => {
    const isStill = written === last && written > 0;
    last = written;
    return isStill;
  });
  expect(written).toBeLessThan(400);
  await answer.body?.cancel();
});

it('silence is filled every 10 s, before the first frame too, and ends with FASTCHAT_WORKER_API_TIMEOUT', async () => {
  const clock = createManualClock();
  stage.kit = createTestKit({ clock });
  let response: ServerResponse | undefined;
  worker.answers[STREAM] = (opened) => void (response = opened).flushHeaders();
  const { url } = await stage.apiServer(controller.url, { workerApiTimeout: 25_000 });
  const pending = postChat(url, chatBody());
  await eventually(() => response !== undefined && clock.pending() > 0);
  await clock.advance(10_000);
  const reader = (await pending).body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (mark: string): Promise<void> => {
    while (!text.includes(mark)) text += (await reader?.read())?.value ?? '';
  };
  response?.write(frame('Hel'));
  await until('Hel');
  expect(text).not.toContain('error');
  for (let second = 0; second < 40 && !text.includes('[DONE]'); second += 10) {
    await eventually(() => clock.pending() > 0);
    await clock.advance(10_000);
    await until(second < 20 ? ': ping' : '[DONE]');
  }
  expect(text.split(': ping').length - 1).toBeGreaterThanOrEqual(3);
  expect(eventsOf(text.replaceAll(': ping\n', '')).slice(-2)).toMatchObject([
    { choices: [{ finish_reason: 'error' }] },
    { error: { code: 'timeout' } },
  ]);
});

it('an error frame after a long silence is said in the stream, which has begun by then', async () => {
  const clock = createManualClock();
  stage.kit = createTestKit({ clock });
  let response: ServerResponse | undefined;
  worker.answers[STREAM] = (opened) => void (response = opened).flushHeaders();
  const { url } = await stage.apiServer(controller.url);
  const pending = postChat(url, chatBody());
  await eventually(() => response !== undefined && clock.pending() > 0);
  await clock.advance(10_000);
  const answer = await pending;
  response?.end(frame('no memory', { error_code: 50002 }));
  expect(eventsOf((await answer.text()).replaceAll(': ping\n', ''))).toMatchObject([
    { error: { message: 'no memory', code: 'out_of_memory' } },
  ]);
});
