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
    let immediate: NodeJS.Immediate | undefined;
    // After a pause of the event loop Node runs timers before it reads the sockets. What has come meanwhile goes first:
    // nobody was silent only because this process was busy.
    const timer = setTimeout(() => (immediate = setImmediate(call)), Math.min(milliseconds, MAX_DELAY_MS));
    timer.unref();
    return {
      stop: () => {
        clearTimeout(timer);
        clearImmediate(immediate);
      },
    };
  },
};
