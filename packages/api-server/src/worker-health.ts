/** Which workers to leave alone for a while: those that failed several times in a row, until one request tries them again. */
import type { Clock } from '@orcestator/service-kit';

export interface WorkerHealth {
  /** Addresses that should not be asked now. */
  avoided(): string[];
  succeeded(address: string): void;
  /** A failure of the worker's own: a client that left, or a request that was refused as wrong, is none. */
  failed(address: string): void;
}

export interface WorkerHealthOptions {
  readonly clock: Clock;
  /** Failures in a row that make a worker avoided. */
  readonly threshold: number;
  /** Milliseconds of rest before it is tried again. */
  readonly rest: number;
}

interface State {
  failures: number;
  restsUntil: number;
}

export function createWorkerHealth({ clock, threshold, rest }: WorkerHealthOptions): WorkerHealth {
  const states = new Map<string, State>();
  return {
    avoided: () => {
      const now = clock.monotonic();
      return [...states].filter(([, state]) => state.restsUntil > now).map(([address]) => address);
    },
    succeeded: (address) => void states.delete(address),
    failed: (address) => {
      const state = states.get(address) ?? { failures: 0, restsUntil: 0 };
      state.failures += 1;
      // After a rest one failure is enough for the next one: the probe told what there is to know.
      if (state.failures >= threshold) state.restsUntil = clock.monotonic() + rest;
      states.set(address, state);
    },
  };
}
