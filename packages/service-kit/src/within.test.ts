/** What comes of waiting for a limited time. */
import { createManualClock } from './testing';
import { LATE, settledWithin, within } from './within';

const clock = createManualClock();
const failure = Promise.reject(new Error('no'));
failure.catch(() => undefined);

it('gives the outcome in time, and no timer waits afterwards', async () => {
  expect(await within(Promise.resolve(1), 10, clock)).toBe(1);
  await expect(within(failure, 10, clock)).rejects.toThrow('no');
  expect(clock.pending()).toBe(0);
});

it('says when it is late', async () => {
  const waiting = within(new Promise(() => undefined), 10, clock);
  await clock.advance(10);
  expect(await waiting).toBe(LATE);
});

it('a failure is an end too, where only the end counts', async () => {
  await expect(settledWithin(failure, 10, clock)).resolves.toBeUndefined();
});
