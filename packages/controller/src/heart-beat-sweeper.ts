/** Drops workers as soon as they expire. FastChat sleeps a whole expiration between two looks (controller.py heart_beat_controller). */
import type { Clock, TimerHandle } from '@orcestator/service-kit';
import type { Controller } from './controller';

/** Longest wait in milliseconds: a timer of more than 24.8 days would fire at once. */
const LONGEST_WAIT = 3_600_000;

export interface HeartBeatSweeper {
  start(): void;
  stop(): void;
}

/** One timer to the next moment at which a worker can expire; heart beats only make it later, so none is missed. */
export function createHeartBeatSweeper(controller: Controller, clock: Clock): HeartBeatSweeper {
  let timer: TimerHandle | undefined;
  const wait = (): void => {
    // One millisecond more: at the very moment the worker is not yet late.
    const milliseconds = Math.max(0, Math.ceil(controller.millisecondsToExpiration())) + 1;
    timer = clock.after(Math.min(milliseconds, LONGEST_WAIT), () => {
      controller.removeStaleWorkersByExpiration();
      wait();
    });
  };
  return { start: wait, stop: () => timer?.stop() };
}
