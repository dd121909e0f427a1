/** The real clock. */
import { systemClock } from './clock';
import { eventually } from './testing';

it('calls after its time', async () => {
  const start = systemClock.monotonic();
  await new Promise<void>((resolve) => void systemClock.after(20, resolve));
  expect(systemClock.monotonic() - start).toBeGreaterThan(15);
});

it('does not call a timer that was stopped', async () => {
  const called: string[] = [];
  systemClock.after(1, () => called.push('stopped')).stop();
  systemClock.after(5, () => called.push('later'));
  await eventually(() => called.length > 0);
  expect(called).toEqual(['later']);
});

it('a time beyond the reach of timers does not mean at once', async () => {
  const called: string[] = [];
  const far = systemClock.after(1e12, () => called.push('far'));
  systemClock.after(20, () => called.push('near'));
  await eventually(() => called.length > 0);
  far.stop();
  expect(called).toEqual(['near']);
});
