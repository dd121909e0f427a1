/** Waiting, but not for ever. */
import type { Clock } from './clock';

/** In place of an outcome that did not come in time. */
export const LATE = Symbol('late');

/** The promise's outcome, or {@link LATE} when it takes longer; what it throws in this time is thrown. */
export function within<T>(promise: Promise<T>, milliseconds: number, clock: Clock): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(milliseconds, () => resolve(LATE));
    promise.then(resolve, reject).finally(() => timer.stop());
  });
}

/** Resolves when the work is done, well or not, or the time is over. */
export async function settledWithin(
  work: Promise<unknown>,
  milliseconds: number,
  clock: Clock,
): Promise<void> {
  await within(
    work.catch(() => undefined),
    milliseconds,
    clock,
  );
}
