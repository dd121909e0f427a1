/** Counted slots with a bounded queue: FastChat's `limit_worker_concurrency`, without its leaks (F8). */
import { OrcestatorError } from '@orcestator/protocol';

/** Gives a slot back; calling it twice counts once. */
export type Release = () => void;

export interface ConcurrencyLimit {
  /**
   * Waits for a slot. Throws `overloaded` when the queue is full, or the signal's reason when it aborts while waiting.
   */
  acquire(signal: AbortSignal): Promise<Release>;
  /** Requests running and waiting (FastChat's `queue_length`). */
  queueLength(): number;
  running(): number;
}

interface Waiter {
  start(): void;
}

export function createConcurrencyLimit(slots: number, queueLimit: number): ConcurrencyLimit {
  let running = 0;
  const waiting = new Set<Waiter>();

  const release = (): Release => {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      running -= 1;
      const [next] = waiting;
      next?.start();
    };
  };

  const take = (): Release => {
    running += 1;
    return release();
  };

  const wait = (signal: AbortSignal): Promise<Release> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(waiter);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        start: () => {
          leave();
          resolve(take());
        },
      };
      waiting.add(waiter);
      signal.addEventListener('abort', giveUp, { once: true });
    });

  return {
    acquire: async (signal) => {
      signal.throwIfAborted();
      if (running < slots) return take();
      if (waiting.size < queueLimit) return wait(signal);
      throw new OrcestatorError(
        'overloaded',
        `All ${slots} slots are taken and ${queueLimit} requests wait already.`,
        {
          headers: { 'retry-after': '2' },
        },
      );
    },
    queueLength: () => running + waiting.size,
    running: () => running,
  };
}
