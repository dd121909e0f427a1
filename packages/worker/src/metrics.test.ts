/** What the worker counts, and that nobody can make it count without end. */
import { createConcurrencyLimit } from '@orcestator/service-kit';
import { createManualClock } from '@orcestator/service-kit/testing';
import { Registry } from 'prom-client';
import { TokenGaps } from './chat/token-gaps';
import { createWorkerMetrics } from './metrics';
import type { RequestRecord } from './recording';

const clock = createManualClock();
let registry: Registry;
let record: (parts: Partial<RequestRecord>) => void;
beforeEach(() => {
  registry = new Registry();
  const metrics = createWorkerMetrics({
    registry,
    limit: createConcurrencyLimit(1, 1),
    models: ['openai/gpt-4o', ''],
    redact: (text) => text.replace('hunter2', '[hidden]'),
  });
  record = (parts) =>
    void metrics.record({
      requestId: 'r',
      endedAt: clock.now(),
      messages: [],
      isStream: true,
      requestedModel: 'orcestator',
      upstreamModel: 'openai/gpt-4o',
      answer: { content: '', toolCalls: [], omitted: 0 },
      usage: undefined,
      latencyMs: 2_000,
      firstChunkMs: 500,
      tokenGaps: new TokenGaps(clock).tally,
      outcome: 'ok',
      ...parts,
    });
});

const lines = async (pattern: RegExp) =>
  (await registry.metrics()).split('\n').filter((line) => pattern.test(line) && !line.startsWith('#'));

it('a model that answered has its own series: requests, tokens of four kinds, cost, times', async () => {
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 5,
    total_tokens: 14,
    cost: 0.25,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
  };
  record({ upstreamModel: 'a/b', usage });
  expect(await lines(/model="a\/b"/)).toEqual(
    expect.arrayContaining([
      'orcestator_worker_requests_total{outcome="ok",model="a/b"} 1',
      'orcestator_worker_requests_total{outcome="cancelled",model="a/b"} 0',
      'orcestator_worker_tokens_total{kind="prompt",model="a/b"} 9',
      'orcestator_worker_tokens_total{kind="completion",model="a/b"} 5',
      'orcestator_worker_tokens_total{kind="cached",model="a/b"} 4',
      'orcestator_worker_tokens_total{kind="reasoning",model="a/b"} 3',
      'orcestator_worker_cost_usd_total{model="a/b"} 0.25',
      'orcestator_worker_request_duration_seconds_sum{outcome="ok",model="a/b"} 2',
      'orcestator_worker_time_to_first_token_seconds_sum{model="a/b"} 0.5',
    ]),
  );
});

it('the configured model begins at zero, before any request', async () => {
  expect(await lines(/requests_total.*gpt-4o"/)).toEqual(
    ['ok', 'error', 'cancelled'].map(
      (outcome) => `orcestator_worker_requests_total{outcome="${outcome}",model="openai/gpt-4o"} 0`,
    ),
  );
  expect(await lines(/cost_usd_total.*gpt-4o"/)).toHaveLength(1);
});

it('names that no upstream has answered to share one label', async () => {
  for (let at = 0; at < 1_000; at += 1)
    record({ upstreamModel: `made/up-${at}`, outcome: 'error', firstChunkMs: undefined });
  expect(await lines(/made/)).toEqual([]);
  expect(await lines(/requests_total.*error.*other/)).toEqual([
    'orcestator_worker_requests_total{outcome="error",model="other"} 1000',
  ]);
});

it('an upstream that repeats every name gets twenty, and no key among them', async () => {
  record({ upstreamModel: 'hunter2' });
  for (let at = 0; at < 1_000; at += 1) record({ upstreamModel: `echo-${at}` });
  expect(await lines(/hunter2/)).toEqual([]);
  expect(await lines(/cost_usd_total/)).toHaveLength(21);
});

it('wrong numbers of an upstream do no harm', async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: -1 };
  record({
    usage: { ...usage, prompt_tokens_details: { cached_tokens: -5 }, completion_tokens_details: null },
  });
  expect(await lines(/kind="cached",model="openai/)).toEqual([
    'orcestator_worker_tokens_total{kind="cached",model="openai/gpt-4o"} 0',
  ]);
});

it('the time between tokens leaves out what the client takes to read', async () => {
  const gaps = new TokenGaps(clock);
  gaps.mark();
  await clock.advance(20);
  gaps.mark();
  gaps.rest();
  await clock.advance(60_000);
  gaps.mark();
  await clock.advance(40);
  gaps.mark();
  record({ tokenGaps: gaps.tally });
  expect(await lines(/between_tokens.*(sum|count|"0.025").*gpt/)).toEqual([
    'orcestator_worker_time_between_tokens_seconds_bucket{le="0.025",model="openai/gpt-4o"} 1',
    'orcestator_worker_time_between_tokens_seconds_sum{model="openai/gpt-4o"} 0.06',
    'orcestator_worker_time_between_tokens_seconds_count{model="openai/gpt-4o"} 2',
  ]);
});
