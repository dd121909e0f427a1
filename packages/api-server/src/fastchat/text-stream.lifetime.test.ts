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

it('a client that leaves closes the worker’s connection within 100 ms', async () => {
  let closed = 0;
  worker.answers[STREAM] = open(frame('Hel'), (response) =>
    response.once('close', () => (closed = performance.now())),
  );
  const { url } = await stage.apiServer(controller.url);
  const abort = new AbortController();
  const answer = await postChat(url, chatBody(), { signal: abort.signal });
  await answer.body?.getReader().read();
  const left = performance.now();
  abort.abort();
  await eventually(() => closed > 0);
  expect(closed - left).toBeLessThan(100);
});

it('a client that leaves before the first frame closes it too', async () => {
  let response: ServerResponse | undefined;
  worker.answers[STREAM] = (opened) => void (response = opened).flushHeaders();
  const { url } = await stage.apiServer(controller.url);
  const abort = new AbortController();
  const answer = postChat(url, chatBody(), { signal: abort.signal }).catch(never);
  await eventually(() => response !== undefined);
  const closed = once(response as ServerResponse, 'close');
  const left = performance.now();
  abort.abort();
  await Promise.all([closed, answer]);
  expect(performance.now() - left).toBeLessThan(100);
});

it('a client that leaves while one body is made closes all its generations', async () => {
  const open: ServerResponse[] = [];
  worker.answers['/worker_generate'] = (response) => void open.push(response);
  const { url } = await stage.apiServer(controller.url);
  const abort = new AbortController();
  const answer = postChat(url, chatBody({ stream: false, n: 2 }), { signal: abort.signal }).catch(never);
  await eventually(() => open.length === 2);
  const closed = open.map((response) => once(response, 'close'));
  const left = performance.now();
  abort.abort();
  await Promise.all([...closed, answer]);
  expect(performance.now() - left).toBeLessThan(100);
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
  response?.end(frame('no memory', { error_code: 50002 }));
  expect(eventsOf((await (await pending).text()).replaceAll(': ping\n', ''))).toMatchObject([
    { error: { message: 'no memory', code: 'out_of_memory' } },
  ]);
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
