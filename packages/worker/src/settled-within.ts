/** Waiting, but not for ever. */
import type { Clock } from '@orcestator/service-kit';

/** Resolves when the work is done, well or not, or the time is over. */
export function settledWithin(work: Promise<unknown>, milliseconds: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.stop();
      resolve();
    };
    const timer = clock.after(milliseconds, resolve);
    work.then(done, done);
  });
}
