/** Asks the workers without heart beats whether they still answer: one timer a worker, none for those with heart beats. */
import type { Clock, TimerHandle } from '@orcestator/service-kit';
import type { Controller } from './controller';

/** Milliseconds to the second question after the first unanswered one; doubles up to the interval. */
const FIRST_BACK_OFF_MS = 1_000;

export interface WorkerProber {
  /** No more questions. */
  stop(): void;
}

/** `interval` is in milliseconds. Questions begin with the registration of a worker and end with its removal. */
export function createWorkerProber(controller: Controller, clock: Clock, interval: number): WorkerProber {
  const timers = new Map<string, TimerHandle>();
  let isStopped = false;

  const forget = (workerName: string): void => {
    timers.get(workerName)?.stop();
    timers.delete(workerName);
  };
  const askIn = (milliseconds: number, workerName: string): void => {
    forget(workerName);
    const timer = clock.after(milliseconds, () => {
      void controller.probeWorker(workerName).then((failures) => {
        // Registered again or removed meanwhile: then another timer runs, or none shall.
        if (!isStopped && timers.get(workerName) === timer) askIn(waitAfter(failures, interval), workerName);
      });
    });
    timers.set(workerName, timer);
  };
  controller.events.on('registered', (outcome, workerName) => {
    if (outcome === 'failed' || isStopped) return;
    const worker = controller.findWorker(workerName);
    if (worker?.checkHeartBeat) forget(workerName);
    else askIn(worker?.isAvailable ? interval : 0, workerName);
  });
  controller.events.on('removed', forget);
  return {
    stop: () => {
      isStopped = true;
      for (const workerName of [...timers.keys()]) forget(workerName);
    },
  };
}

function waitAfter(failures: number, interval: number): number {
  return failures === 0 ? interval : Math.min(interval, FIRST_BACK_OFF_MS * 2 ** (failures - 1));
}
