/** What the simulator remembers, and cancellation (openrouter.md §7, §12; pitfalls 25, 39). */
import { eventually } from '@orcestator/service-kit/testing';
import { createBookkeeping, type RecordedRequest } from './bookkeeping';
import { startSimulator } from './start-simulator';
import { ask, HELLO, immediately, useSimulator } from './testing/client';

const stage = useSimulator();
const json = async (path: string, method = 'GET') =>
  (await fetch(stage.running.origin + path, { method })).json();

it('GET /sim/requests shows each request as it came and what became of it', async () => {
  const { text, headers } = await ask(stage.running, 'sim/text:4', { headers: { 'x-title': 'Test' } });
  await ask(stage.running, 'sim/err-500');
  const [first, second, ...more] = (await json('/sim/requests')) as RecordedRequest[];
  expect(first).toMatchObject({
    id: expect.any(Number),
    generationId: headers['x-generation-id'],
    model: 'sim/text:4',
    path: '/api/v1/chat/completions',
    headers: { authorization: 'Bearer sk-test', 'x-title': 'Test' },
    body: JSON.stringify({ model: 'sim/text:4', stream: true, messages: HELLO }),
    outcome: 'completed',
    bytesSent: Buffer.byteLength(text),
  });
  const times = [first?.startedAt, first?.firstByteAt, ...(first?.eventTimes ?? []), first?.endedAt];
  expect(times).toEqual([...times].sort((a, b) => Number(a) - Number(b)));
  expect(first?.eventTimes).toHaveLength(6);
  expect([second?.outcome, more]).toEqual(['error', []]);
});

it('POST /sim/reset forgets, and its own pages are not recorded', async () => {
  await ask(stage.running, 'sim/ok');
  await json('/sim/reset', 'POST');
  expect(await json('/sim/requests')).toEqual([]);
});

it('GET /sim/connections counts those with a request under way, its own too', async () => {
  expect(await json('/sim/connections')).toEqual({ open: 1 });
  const controller = new AbortController();
  const answer = await fetch(`${stage.running.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify({ model: 'sim/comments-forever', stream: true, messages: HELLO }),
    signal: controller.signal,
  });
  expect(await json('/sim/connections')).toEqual({ open: 2 });
  controller.abort();
  await answer.text().catch(() => undefined);
  await eventually(() => stage.running.simulator.connections() === 0);
});

describe('a client that leaves', () => {
  it.each([true, false])('is noticed at once, stream %s', async (stream) => {
    const running = await startSimulator({
      ...immediately,
      generationDelay: 0,
      tokenDelay: stream ? 20 : 60_000,
    });
    const { requests } = running.simulator;
    const abort = new AbortController();
    const answer = fetch(`${running.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: JSON.stringify({ model: 'openai/gpt-4o', stream, messages: HELLO }),
      signal: abort.signal,
    });
    await eventually(() => requests.length === 1 && (!stream || (requests[0]?.eventTimes.length ?? 0) >= 2));
    const start = Date.now();
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => requests[0]?.outcome === 'cancelled');
    expect(Date.now() - start).toBeLessThan(1_000);
    expect(requests[0]?.abortedAt).toBeGreaterThanOrEqual(requests[0]?.startedAt ?? Infinity);
    const sent = requests[0]?.bytesSent;
    const look = await fetch(`${running.url}/generation?id=${requests[0]?.generationId}`, {
      headers: { authorization: 'Bearer x' },
    });
    const { data } = (await look.json()) as {
      data: { cancelled: boolean; native_tokens_completion: number };
    };
    expect(data.cancelled).toBe(true);
    // Without a stream leaving stops the simulator, but all of the answer is billed.
    expect(data.native_tokens_completion).toBeGreaterThan(stream ? 0 : 20);
    expect(requests[0]?.bytesSent).toBe(sent);
    await running.close();
  });
});

describe('memory', () => {
  const request = (body: string): RecordedRequest =>
    ({ body, generationId: 'x', eventTimes: [] }) as unknown as RecordedRequest;

  it('keeps the last 10,000 requests', () => {
    const bookkeeping = createBookkeeping();
    const { requests } = bookkeeping;
    for (let at = 0; at < 10_005; at += 1) bookkeeping.add(request(String(at)));
    expect([requests.length, requests[0]?.body]).toEqual([10_000, '5']);
  });

  it('keeps 64 Mi characters of bodies, the newest whole', () => {
    const bookkeeping = createBookkeeping();
    const { requests } = bookkeeping;
    const body = 'x'.repeat(1024 * 1024);
    for (let at = 0; at < 70; at += 1) bookkeeping.add(request(body));
    expect(requests.map(({ body: kept }) => kept.length > 0).lastIndexOf(false)).toBe(5);
    expect(requests.at(-1)?.body).toBe(body);
  });
});
