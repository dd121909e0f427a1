/** Nothing lasts for ever: stalled bodies, frozen workers, answers without an end. */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import {
  createManualClock,
  createTestKit,
  eventually,
  type ManualClock,
} from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let clock: ManualClock;
let controller: FakeController;
beforeEach(async () => {
  clock = createManualClock();
  stage.kit = createTestKit({ clock });
  controller = await stage.controller();
});
afterEach(() => stage.close());

const CHUNK =
  'data: {"id":"x","created":1,"model":"orcestator","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n';
const SOUND =
  'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const OURS = { [UPSTREAM_MODEL_HEADER]: 'a/b' };
const STREAM = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A worker that begins its answers so and leaves them open. */
async function worker(status: number, headers: Record<string, string>, start: string) {
  const state = { url: '', opened: [] as ServerResponse[], start };
  const { url } = await stage.worker((request, response) => {
    request.resume();
    response.writeHead(status, headers).flushHeaders();
    if (state.start === SOUND) return void response.end(SOUND);
    response.write(state.start, () => state.opened.push(response));
  });
  state.url = url;
  return state;
}

/** Moves time until the answer is there: how far, and what it is. */
async function answered<T>(pending: Promise<T>, step = 1_000): Promise<{ after: number; answer: T }> {
  const begun = clock.monotonic();
  let isDone = false;
  const done = (): void => void (isDone = true);
  pending.then(done, done);
  while (!isDone && clock.monotonic() - begun < 3_000_000) await clock.advance(step);
  return { after: (clock.monotonic() - begun) / 1000, answer: await pending };
}

const lastError = (text: string): { message: string; code: string } => {
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  const events = text.split('\n\n').filter((event) => event.includes('data: {'));
  const last = events.at(-1) ?? '';
  return (JSON.parse(last.slice(last.indexOf('{'))) as { error: { message: string; code: string } }).error;
};

/** What the gateway counts. */
const brokenAnswers = async (url: string): Promise<string | undefined> =>
  /broken_answers_total (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];

describe('a body that stalls', () => {
  const half = async (start: string) => {
    const stalled = await worker(503, JSON_TYPE, start);
    controller.workers.set('orcestator', [stalled.url]);
    const { url } = await stage.apiServer(controller.url);
    const pending = postChat(url, chatBody());
    await eventually(() => stalled.opened.length === 1);
    return { pending, server: stalled.opened[0] };
  };
  const OVERLOADED = { error: { code: 'upstream_overloaded' } };

  it('half an error: within seconds the status alone decides', async () => {
    const { pending, server } = await half('{"error":{"message":"Loadi');
    const { after, answer } = await answered(pending);
    expect(after).toBeLessThanOrEqual(6);
    expect([answer.status, await answer.json()]).toMatchObject([503, OVERLOADED]);
    await eventually(() => server?.destroyed === true);
  });

  it('an endless error: 64 KiB are enough, at once', async () => {
    const { pending, server } = await half(`{"error":"${'x'.repeat(100_000)}`);
    const answer = await pending;
    expect([answer.status, await answer.json()]).toMatchObject([503, OVERLOADED]);
    await eventually(() => server?.destroyed === true);
  });

  it.each([
    ['one body', false],
    ['one body in place of a stream', true],
  ])(
    '%s of a server without a worker of ours is given up after its longest silence',
    async (_name, stream) => {
      const stalled = await worker(200, JSON_TYPE, '{"id":');
      controller.workers.set('orcestator', [stalled.url]);
      const { url } = await stage.apiServer(controller.url);
      const pending = postChat(url, chatBody({ stream })).then((answer) => answer.text());
      await eventually(() => stalled.opened.length === 1);
      const { after, answer } = await answered(pending, 5_000);
      expect(after).toBeGreaterThanOrEqual(600);
      expect(after).toBeLessThan(700);
      expect(answer).toContain('The server of this model has sent nothing for 600 s.');
    },
  );
});

describe('a worker of ours that freezes in the middle of its answer', () => {
  it('is given up after a minute: the stream ends properly, and it counts against the worker', async () => {
    const [frozen, good] = [
      await worker(200, { ...STREAM, ...OURS }, CHUNK),
      await worker(200, { ...STREAM, ...OURS }, SOUND),
    ];
    controller.workers.set('orcestator', [frozen.url, good.url]);
    const { url } = await stage.apiServer(controller.url);
    for (let time = 1; time <= 3; time += 1) {
      const answer = await postChat(url, chatBody());
      await eventually(() => frozen.opened.length === time);
      const { after, answer: text } = await answered(answer.text());
      expect([after >= 59, after <= 75]).toEqual([true, true]);
      expect(text).toContain('"finish_reason":"error"');
      expect(lastError(text)).toMatchObject({
        code: 'timeout',
        message: expect.stringContaining('went silent'),
      });
      await eventually(() => frozen.opened[time - 1]?.destroyed === true);
      expect(await brokenAnswers(url)).toBe(String(time));
    }
    // Three in a row: now it rests.
    expect(await (await postChat(url, chatBody())).text()).toBe(SOUND);
    expect(frozen.opened).toHaveLength(3);
  });

  it('is not given up while it sends comments', async () => {
    const slow = await worker(200, { ...STREAM, ...OURS }, CHUNK);
    controller.workers.set('orcestator', [slow.url]);
    const { url } = await stage.apiServer(controller.url);
    const answer = await postChat(url, chatBody());
    await eventually(() => slow.opened.length === 1);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let comment = 1; comment <= 12; comment += 1) {
      await clock.advance(10_000);
      slow.opened[0]?.write(`: comment ${comment}\n`);
      while (!text.includes(`comment ${comment}\n`)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`ended after ${text}`);
        text += value;
      }
    }
    slow.opened[0]?.end(SOUND);
    for (let read = await reader?.read(); !read?.done; read = await reader?.read()) text += read?.value ?? '';
    expect(text.endsWith(SOUND)).toBe(true);
    expect(await brokenAnswers(url)).toBe('0');
  });

  it('is not taken for frozen while its client does not read', async () => {
    const busy = await worker(200, { ...STREAM, ...OURS }, CHUNK);
    controller.workers.set('orcestator', [busy.url]);
    const { url } = await stage.apiServer(controller.url);
    const answer = await postChat(url, chatBody());
    await eventually(() => busy.opened.length === 1);
    const response = busy.opened[0];
    const piece = `data: {"id":"x","choices":[{"index":0,"delta":{"content":"${'x'.repeat(256 * 1024)}"}}]}\n\n`;
    let isFull = false;
    let last = -1;
    for (let at = 0; at < 60; at += 1) response?.write(piece);
    await eventually(() => {
      const left = response?.writableLength ?? 0;
      isFull = left === last && left > 0;
      last = left;
      return isFull;
    });
    await clock.advance(600_000);
    expect(response?.destroyed).toBe(false);
    response?.end(SOUND);
    expect((await answer.text()).endsWith(SOUND)).toBe(true);
  });

  it('cuts one body, where nothing else can be told', async () => {
    const frozen = await worker(200, { ...JSON_TYPE, ...OURS }, '{"id":');
    controller.workers.set('orcestator', [frozen.url]);
    const { url } = await stage.apiServer(controller.url);
    const answer = await postChat(url, chatBody({ stream: false }));
    await eventually(() => frozen.opened.length === 1);
    const { after, answer: outcome } = await answered(answer.text().catch(() => 'cut'));
    expect([outcome, after >= 59, after <= 75]).toEqual(['cut', true, true]);
    expect(await brokenAnswers(url)).toBe('1');
  });
});
