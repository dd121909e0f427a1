/** The price of an answer that was cancelled, asked of the simulator. */
import type { LateUsage } from '@orcestator/audit';
import { startSimulator } from '@orcestator/openrouter-simulator';
import { createStreamClient, type StreamClient } from '@orcestator/service-kit';
import { createManualClock, eventually, type ManualClock } from '@orcestator/service-kit/testing';
import type { RequestRecord } from '../recording';
import { ASK_AFTER_MS, GenerationCost } from './generation-cost';

let simulator: Awaited<ReturnType<typeof startSimulator>>;
let client: StreamClient;
let clock: ManualClock;
let found: (LateUsage & { model: string })[];
let cost: GenerationCost;

beforeEach(async () => {
  simulator = await startSimulator({
    tokenDelay: 5,
    firstTokenDelay: 0,
    commentInterval: 0,
    generationDelay: 2,
  });
  client = createStreamClient({ connectTimeout: 1_000, keepAliveTimeout: 1_000 });
  clock = createManualClock();
  found = [];
  cost = new GenerationCost({
    baseUrl: simulator.url,
    apiKey: 'sk-or-v1-of-the-tests',
    client,
    clock,
    onCost: (late, model) => void found.push({ ...late, model }),
  });
});
afterEach(async () => {
  cost.close();
  await client.close();
  await simulator.close();
});

/** Reads the first bytes of an answer and leaves. */
async function cancelledGeneration(): Promise<string> {
  const abort = new AbortController();
  const response = await fetch(`${simulator.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-or-v1-of-the-tests' },
    body: JSON.stringify({ model: 'sim/ok', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    signal: abort.signal,
  });
  await response.body?.getReader().read();
  abort.abort();
  await eventually(() => simulator.simulator.requests.some(({ outcome }) => outcome === 'cancelled'));
  return response.headers.get('x-generation-id') ?? '';
}

const recordOf = (generationId: string, usage?: object): RequestRecord =>
  ({ usage, upstreamModel: 'a/b', facts: { generationId } }) as unknown as RequestRecord;
const asked = (): number =>
  simulator.simulator.requests.find(({ outcome }) => outcome === 'cancelled')?.generationAsked ?? 0;

it('is asked again until it is there, then told once', async () => {
  const id = await cancelledGeneration();
  await cost.record(recordOf(id));
  await cost.record(recordOf(id));
  for (const [index, wait] of ASK_AFTER_MS.slice(0, 3).entries()) {
    expect(found).toEqual([]);
    await clock.advance(wait);
    await eventually(() => asked() === index + 1);
    await eventually(() => clock.pending() > 0 || found.length > 0);
  }
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    generationId: id,
    model: 'a/b',
    usage: { promptTokens: expect.any(Number) },
  });
  expect(found[0]?.usage.cost).toBeGreaterThan(0);
  expect(clock.pending()).toBe(0);
});

it('is given up after the last question', async () => {
  cost.ask('gen-that-nobody-knows', 'a/b');
  for (const wait of ASK_AFTER_MS) {
    expect(clock.pending()).toBe(1);
    await clock.advance(wait);
    await eventually(() => clock.pending() < 2);
    await eventually(() => clock.pending() === 1 || wait === ASK_AFTER_MS.at(-1));
  }
  await eventually(() => clock.pending() === 0);
  expect(found).toEqual([]);
});

it.each([
  ['an answer with usage', recordOf('gen-1', { total_tokens: 1 })],
  ['an id of another server', recordOf('chatcmpl-1')],
  ['an id that would lead elsewhere', recordOf('gen-1&x=../../keys')],
  ['a request without an answer', { facts: undefined } as unknown as RequestRecord],
])('is not asked for %s', async (_name, record) => {
  await cost.record(record);
  expect(clock.pending()).toBe(0);
});

it('a thousand questions wait at most, and none after the end', () => {
  for (let index = 0; index < 1_500; index += 1) cost.ask(`gen-${index}`, 'a/b');
  expect(clock.pending()).toBe(1_000);
  cost.close();
  expect(clock.pending()).toBe(0);
  cost.ask('gen-x', 'a/b');
  expect(clock.pending()).toBe(0);
});
