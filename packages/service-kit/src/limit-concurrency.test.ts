/** Slots, the queue before them, and that neither leaks. */
import { createConcurrencyLimit, type ConcurrencyLimit, type Release } from './limit-concurrency';

const { signal } = new AbortController();

/** Starts waiting under a name and notes when the slot comes. */
function enqueue(limit: ConcurrencyLimit, name: string, order: string[]): Promise<Release> {
  return limit.acquire(signal).then((release) => {
    order.push(name);
    return release;
  });
}

it('free slots are given at once', async () => {
  const limit = createConcurrencyLimit(2, 0);
  await limit.acquire(signal);
  await limit.acquire(signal);
  expect([limit.running(), limit.queueLength()]).toEqual([2, 2]);
});

it('who waits is served in the order of arrival', async () => {
  const limit = createConcurrencyLimit(1, 9);
  const order: string[] = [];
  const first = await limit.acquire(signal);
  const waiting = ['a', 'b', 'c'].map((name) => enqueue(limit, name, order));
  expect([limit.running(), limit.queueLength()]).toEqual([1, 4]);
  first();
  for (const next of waiting) (await next)();
  expect(order).toEqual(['a', 'b', 'c']);
  expect([limit.running(), limit.queueLength()]).toEqual([0, 0]);
});

it('a slot that is given back goes to the one who waits, not to a newcomer', async () => {
  const limit = createConcurrencyLimit(1, 9);
  const order: string[] = [];
  const first = await limit.acquire(signal);
  const old = enqueue(limit, 'old', order);
  first();
  const newcomer = enqueue(limit, 'new', order);
  (await old)();
  await newcomer;
  expect(order).toEqual(['old', 'new']);
});

it('giving a slot back twice counts once', async () => {
  const limit = createConcurrencyLimit(2, 9);
  const first = await limit.acquire(signal);
  await limit.acquire(signal);
  first();
  first();
  expect(limit.running()).toBe(1);
  await limit.acquire(signal);
  const order: string[] = [];
  void enqueue(limit, 'third', order);
  first();
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
});

it('an abort while waiting leaves the queue with the reason of the signal', async () => {
  const limit = createConcurrencyLimit(1, 1);
  const order: string[] = [];
  const first = await limit.acquire(signal);
  const stop = new AbortController();
  const impatient = limit.acquire(stop.signal);
  stop.abort(new Error('gone'));
  await expect(impatient).rejects.toThrow('gone');
  expect(limit.queueLength()).toBe(1);
  const patient = enqueue(limit, 'patient', order);
  first();
  await patient;
  expect(limit.running()).toBe(1);
});

it('a signal that has aborted already takes no slot', async () => {
  const limit = createConcurrencyLimit(1, 1);
  await expect(limit.acquire(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  expect(limit.queueLength()).toBe(0);
});

it('an abort after the slot was given changes nothing', async () => {
  const limit = createConcurrencyLimit(1, 1);
  const stop = new AbortController();
  const first = await limit.acquire(signal);
  const second = limit.acquire(stop.signal);
  first();
  const release = await second;
  stop.abort();
  expect(limit.running()).toBe(1);
  release();
  expect(limit.queueLength()).toBe(0);
});

it('a full queue is overloaded, and tells when to try again', async () => {
  const limit = createConcurrencyLimit(1, 1);
  await limit.acquire(signal);
  void limit.acquire(signal);
  await expect(limit.acquire(signal)).rejects.toMatchObject({
    kind: 'overloaded',
    status: 503,
    headers: { 'retry-after': '2' },
    message: 'All 1 slots are taken and 1 requests wait already.',
  });
  expect(limit.queueLength()).toBe(2);
});
