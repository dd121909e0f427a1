/** Notices that nothing has happened for a while. Cheap to touch: one timer, moved only when it fires. */
import type { Clock, TimerHandle } from './clock';

export interface SilenceWatch {
  /** Something happened: the silence starts anew. */
  touch(): void;
  stop(): void;
}

/** Calls `onSilent` after each `milliseconds` without a touch, until stopped. */
export function watchSilence(clock: Clock, milliseconds: number, onSilent: () => void): SilenceWatch {
  let last = clock.monotonic();
  let timer: TimerHandle;
  const wait = (remaining: number): void => {
    timer = clock.after(remaining, () => {
      const left = last + milliseconds - clock.monotonic();
      if (left > 0) return wait(left);
      last = clock.monotonic();
      wait(milliseconds);
      onSilent();
    });
  };
  wait(milliseconds);
  return {
    touch: () => void (last = clock.monotonic()),
    stop: () => timer.stop(),
  };
}
