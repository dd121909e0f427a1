/** When a silence is noticed. */
import { watchSilence } from './silence';
import { createManualClock } from './testing';

function watch(milliseconds: number) {
  const clock = createManualClock();
  const onSilent = jest.fn();
  return { clock, onSilent, silence: watchSilence(clock, milliseconds, onSilent) };
}

it('each full silence is noticed once', async () => {
  const { clock, onSilent } = watch(100);
  await clock.advance(99);
  expect(onSilent).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(onSilent).toHaveBeenCalledTimes(1);
  await clock.advance(200);
  expect(onSilent).toHaveBeenCalledTimes(3);
});

it('a touch starts the silence anew', async () => {
  const { clock, onSilent, silence } = watch(100);
  await clock.advance(60);
  silence.touch();
  await clock.advance(99);
  expect(onSilent).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(onSilent).toHaveBeenCalledTimes(1);
});

it('many touches keep one timer', async () => {
  const { clock, silence } = watch(100);
  for (let turn = 0; turn < 50; turn += 1) {
    await clock.advance(30);
    silence.touch();
  }
  expect(clock.pending()).toBe(1);
});

it('after the stop nothing is noticed and no timer waits', async () => {
  const { clock, onSilent, silence } = watch(100);
  await clock.advance(150);
  silence.stop();
  await clock.advance(1_000);
  expect(onSilent).toHaveBeenCalledTimes(1);
  expect(clock.pending()).toBe(0);
});

it('it may be stopped from its own call', async () => {
  const clock = createManualClock();
  let calls = 0;
  const silence = watchSilence(clock, 100, () => {
    calls += 1;
    silence.stop();
  });
  await clock.advance(1_000);
  expect([calls, clock.pending()]).toEqual([1, 0]);
});
