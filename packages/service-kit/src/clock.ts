/** Time, injected so that tests move it themselves. */

/** A stop handle of a timer. */
export interface TimerHandle {
  stop(): void;
}

export interface Clock {
  /** Milliseconds of a clock that only goes forward. */
  monotonic(): number;
  /** The date, for what people read. */
  now(): Date;
  /** Calls once after so many milliseconds; does not keep the process alive. */
  after(milliseconds: number, call: () => void): TimerHandle;
}

/** The longest delay of Node's timers, 24.8 days; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => new Date(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, Math.min(milliseconds, MAX_DELAY_MS));
    timer.unref();
    return { stop: () => clearTimeout(timer) };
  },
};
