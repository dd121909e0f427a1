/** A controller that has just started knows nobody yet: whoever asks for a worker then waits a moment for it to come back. */
import type { Clock } from '@orcestator/service-kit';
import type { Controller } from './controller';

export interface Settling {
  /** Resolves with true when the registry has changed, with false at once when the time is over. */
  change(): Promise<boolean>;
}

/** `milliseconds` count from now. */
export function createSettling(controller: Controller, clock: Clock, milliseconds: number): Settling {
  const end = clock.monotonic() + milliseconds;
  return {
    change: () => {
      const left = end - clock.monotonic();
      if (left <= 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        const settle = (hasChanged: boolean): void => {
          timer.stop();
          controller.events.off('changed', changed);
          resolve(hasChanged);
        };
        const changed = (): void => settle(true);
        const timer = clock.after(left, () => settle(false));
        controller.events.on('changed', changed);
      });
    },
  };
}
