/** When the upstream is asked again, and when never (openrouter.md §9). */
import type { ServerResponse } from 'node:http';
import { createManualClock, eventually, type ManualClock } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';
import { chunk, COMMENT, DONE, event, finish } from '@orcestator/stream-normaliser/testing';

let stage: WorkerStage;
let clock: ManualClock;
beforeEach(() => {
  stage = new WorkerStage();
  clock = createManualClock();
});
afterEach(() => stage.close());

const sound = (response: ServerResponse): void =>
  void eventStream(response).end(chunk({ content: 'Hi' }) + finish('stop') + DONE);
const refuse =
  (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ error: { code: status, message: 'x', ...error } }));

/** The first request fails as told, the second is answered. */
async function failFirst(
  how: (response: ServerResponse) => void,
  env: Record<string, string> = {},
): Promise<void> {
  stage.script = (response) => (stage.upstream.length === 1 ? how(response) : sound(response));
  await stage.start({ OR_MAX_RETRIES: '1', ...env }, { clock });
}

/** Moves time until the answer is there. */
async function answerAfter(pending: Promise<Response>): Promise<Response> {
  let answer: Response | undefined;
  void pending.then((settled) => (answer = settled));
  await eventually(async () => {
    await clock.advance(100);
    return answer !== undefined;
  });
  return pending;
}

const inBand = (code: number | string) => (response: ServerResponse) =>
  void eventStream(response).end(COMMENT + event({ error: { code, message: 'x' }, choices: [] }) + DONE);

it.each([
  ['408', refuse(408)],
  ['429', refuse(429)],
  ['500', refuse(500)],
  ['502', refuse(502)],
  ['503', refuse(503)],
  ['504', refuse(504)],
  ['524', refuse(524)],
  [
    '524 as a page',
    (response: ServerResponse) => void response.writeHead(524, { 'content-type': 'text/html' }).end('<html>'),
  ],
  ['529', refuse(529)],
  ['an error before content, inside the stream', inBand(502)],
  ['one that only words tell', inBand('provider_overloaded')],
  ['pitfall 18: a reset before the head', (response: ServerResponse) => void response.destroy()],
])('asks again after %s, and the client sees only the answer', async (_name, how) => {
  await failFirst(how);
  const answer = await answerAfter(stage.chat());
  expect([answer.status, stage.upstream.length]).toEqual([200, 2]);
  await eventually(() => stage.rows().length === 1);
});

it.each([
  ['400', refuse(400)],
  ['401', refuse(401)],
  ['pitfall 34: 402', refuse(402)],
  ['403', refuse(403)],
  ['pitfall 32: 404', refuse(404)],
  ['413', refuse(413)],
  ['422', refuse(422)],
  ['an error inside the stream that words tell', inBand('authentication')],
  [
    'pitfall 34: the daily free-tier 429',
    refuse(429, { metadata: { limit_source: 'openrouter_free_tier_daily' } }),
  ],
  ['anything that availability calls hopeless', refuse(503, { availability: { retryable: false } })],
  [
    'an error after content',
    (response: ServerResponse) =>
      void eventStream(response).end(
        chunk({ content: 'Hi' }) + event({ error: { code: 502, message: 'x' } }),
      ),
  ],
])('never asks again after %s', async (_name, how) => {
  await failFirst(how);
  await (await answerAfter(stage.chat())).text();
  await clock.advance(60_000);
  expect(stage.upstream).toHaveLength(1);
});

it('says to SDKs that asking again is of no use', async () => {
  await failFirst(refuse(402));
  expect((await stage.chat()).headers.get('x-should-retry')).toBe('false');
});

it('waits as long as the upstream wants, and not at all when that is too long', async () => {
  await failFirst(refuse(429, {}, { 'retry-after': '4' }));
  const pending = stage.chat();
  await eventually(() => stage.upstream.length === 1 && clock.pending() > 1);
  await clock.advance(3_900);
  expect(stage.upstream).toHaveLength(1);
  expect((await answerAfter(pending)).status).toBe(200);
});

it('a pause longer than OR_RETRY_MAX_WAIT is left to the client', async () => {
  await failFirst(refuse(429, { availability: { retryable: true, retry_after: 60 } }));
  const answer = await stage.chat();
  expect([answer.status, answer.headers.get('retry-after'), stage.upstream.length]).toEqual([429, '60', 1]);
});

it('gives up after OR_MAX_RETRIES', async () => {
  stage.script = refuse(502);
  await stage.start({ OR_MAX_RETRIES: '2' }, { clock });
  expect((await answerAfter(stage.chat())).status).toBe(502);
  expect(stage.upstream).toHaveLength(3);
});

it('pitfall 48: a client that leaves during the pause ends it', async () => {
  await failFirst(refuse(503, {}, { 'retry-after': '9' }));
  const abort = new AbortController();
  const answer = stage.chat({}, { signal: abort.signal });
  await eventually(() => stage.upstream.length === 1 && clock.pending() > 1);
  abort.abort();
  await answer.catch(() => undefined);
  await eventually(() => stage.rows().length === 1);
  await clock.advance(60_000);
  expect(stage.upstream).toHaveLength(1);
  expect(stage.rows()[0]?.[2]).toBe('[cancelled]');
});

it('counts what it asked again', async () => {
  await failFirst(refuse(503));
  await answerAfter(stage.chat());
  expect(await (await fetch(`${stage.url}/metrics`)).text()).toContain(
    'orcestator_worker_upstream_retries_total{kind="overloaded"} 1',
  );
});

describe('OR_FALLBACK_MODELS', () => {
  it('go along as models with requests of orcestator, not where the client names its own', async () => {
    stage.script = sound;
    await stage.start({ OR_FALLBACK_MODELS: 'a/b, c/d' });
    for (const fields of [{}, { model: 'x/y' }, { models: ['e/f'] }]) await (await stage.chat(fields)).text();
    expect(stage.upstream.map(({ body }) => body.models)).toEqual([['a/b', 'c/d'], undefined, ['e/f']]);
  });
});
