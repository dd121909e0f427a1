/** OR_TOTAL_TIMEOUT ends every answer: a worker of ours does it itself, for all others the API server does. */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import {
  createManualClock,
  createTestKit,
  eventually,
  type ManualClock,
} from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';
import { FastChatWorker, frame } from './testing/fastchat-worker';

const TOTAL = 60_000;
const stage = new Stage();
let clock: ManualClock;
let controller: FakeController;
let opened: ServerResponse[];
beforeEach(async () => {
  clock = createManualClock();
  stage.kit = createTestKit({ clock });
  controller = await stage.controller();
  opened = [];
});
afterEach(() => stage.close());

const CHUNK = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}\n\n';
const TEXT = 'The answer took longer than 60 s (OR_TOTAL_TIMEOUT).';

/** A worker that talks on and on: its answers begin, and `talk` adds to them. */
async function serve(start: (response: ServerResponse) => void): Promise<string> {
  const { url } = await stage.worker((request, response) => {
    request.resume();
    opened.push(response);
    start(response);
  });
  controller.workers.set('orcestator', [url]);
  return (await stage.apiServer(controller.url, { totalTimeout: TOTAL, workerApiTimeout: 600_000 })).url;
}

/** Seconds until the answer is over, while the worker goes on talking. */
async function ends(pending: Promise<unknown>, talk: () => void = () => undefined): Promise<number> {
  let isDone = false;
  const done = (): void => void (isDone = true);
  pending.then(done, done);
  while (!isDone && clock.monotonic() < 10 * TOTAL) {
    talk();
    await clock.advance(1_000);
  }
  return clock.monotonic() / 1000;
}

const begin = (headers: Record<string, string>, text: string) => (response: ServerResponse) =>
  void response.writeHead(200, headers).write(text);
const STREAM = { 'content-type': 'text/event-stream' };
const talkOn = (): void => void opened.at(-1)?.write(': still here\n');

it('a stream of a server without a worker of ours', async () => {
  const url = await serve(begin(STREAM, CHUNK));
  const text = (await postChat(url, chatBody())).text();
  const after = await ends(text, talkOn);
  expect([after >= 60, after <= 65]).toEqual([true, true]);
  expect(await text).toMatch(
    /"finish_reason":"error".*\n\ndata: \{"error":\{"message":"The answer took longer than 60 s \(OR_TOTAL_TIMEOUT\)\.".*\n\ndata: \[DONE\]\n\n$/s,
  );
  await eventually(() => opened[0]?.destroyed === true);
});

it('one body of such a server, once it has begun', async () => {
  const url = await serve(begin({ 'content-type': 'application/json' }, '{"id":'));
  const answer = postChat(url, chatBody({ stream: false }));
  await eventually(() => opened.length === 1);
  const after = await ends(answer, () => void opened[0]?.write(' '));
  expect([after >= 60, after <= 65]).toEqual([true, true]);
  expect([(await answer).status, await (await answer).json()]).toMatchObject([504, { message: TEXT }]);
});

it('one body whose head never comes: the setting that ended it is named, and nobody else is asked', async () => {
  const url = await serve(() => undefined);
  const other = await stage.worker((_request, response) => response.end());
  controller.workers.get('orcestator')?.push(other.url);
  const answer = postChat(url, chatBody({ stream: false }));
  await eventually(() => opened.length === 1);
  const after = await ends(answer);
  // A worker of ours may be behind it: it has 10 s to say more.
  expect([after >= 70, after <= 75]).toEqual([true, true]);
  expect([(await answer).status, await (await answer).json()]).toMatchObject([504, { message: TEXT }]);
  expect(controller.asked).toHaveLength(1);
});

it('a worker of ours says it itself', async () => {
  const url = await serve(begin({ ...STREAM, [UPSTREAM_MODEL_HEADER]: 'a/b' }, CHUNK));
  const text = (await postChat(url, chatBody())).text();
  let isTold = false;
  const after = await ends(text, () => {
    if (clock.monotonic() < TOTAL + 1_000) return talkOn();
    if (!isTold) opened[0]?.end('data: {"error":{"message":"The worker knows why."}}\n\ndata: [DONE]\n\n');
    isTold = true;
  });
  expect(after).toBeLessThan(70);
  expect(await text).toContain('The worker knows why.');
});

it('a worker of ours that forgets it is ended a little later', async () => {
  const url = await serve(begin({ ...STREAM, [UPSTREAM_MODEL_HEADER]: 'a/b' }, CHUNK));
  const text = (await postChat(url, chatBody())).text();
  const after = await ends(text, talkOn);
  expect([after >= 70, after <= 75]).toEqual([true, true]);
  expect(await text).toContain(TEXT);
});

describe("a worker of FastChat's", () => {
  let worker: FastChatWorker;
  let url: string;
  beforeEach(async () => {
    controller.protocols = ['fastchat'];
    worker = new FastChatWorker();
    controller.workers.set('orcestator', [(await stage.app(worker.listener)).url]);
    url = (await stage.apiServer(controller.url, { totalTimeout: TOTAL, workerApiTimeout: 600_000 })).url;
  });

  it('a stream', async () => {
    let said = 'Hel';
    worker.answers['/worker_generate_stream'] = (response) => {
      opened.push(response);
      response.write(frame(said));
    };
    const text = (await postChat(url, chatBody())).text();
    const after = await ends(text, () => void opened[0]?.write(frame((said += '.'))));
    expect([after >= 60, after <= 65]).toEqual([true, true]);
    expect(await text).toContain(TEXT);
    await eventually(() => opened[0]?.destroyed === true);
  });

  it.each([
    ['before its head', (response: ServerResponse) => void opened.push(response)],
    [
      'after its head',
      (response: ServerResponse) => {
        opened.push(response);
        response.write('{"text":');
      },
    ],
  ])('one body that stalls %s', async (_name, stall) => {
    worker.answers['/worker_generate'] = stall;
    const answer = postChat(url, chatBody({ stream: false }));
    await eventually(() => opened.length === 1);
    const after = await ends(answer);
    expect([after >= 60, after <= 65]).toEqual([true, true]);
    expect([(await answer).status, await (await answer).json()]).toMatchObject([504, { message: TEXT }]);
  });
});

it('a stream whose head never comes names FASTCHAT_WORKER_API_TIMEOUT', async () => {
  const silent = await stage.worker((request) => void request.resume());
  controller.workers.set('orcestator', [silent.url]);
  const { url } = await stage.apiServer(controller.url, { workerApiTimeout: 500 });
  const answer = await postChat(url, chatBody());
  expect([answer.status, await answer.json()]).toMatchObject([
    504,
    { message: 'The worker did not begin its answer in time (FASTCHAT_WORKER_API_TIMEOUT).' },
  ]);
});
