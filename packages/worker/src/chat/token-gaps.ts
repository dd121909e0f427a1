/** The time between tokens of one answer, as they reach the worker. */
import { Tally, type Clock } from '@orcestator/service-kit';

/** Seconds: from a fast model's millisecond to a minute of thinking. */
export const TOKEN_GAP_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

export class TokenGaps {
  readonly tally = new Tally(TOKEN_GAP_BUCKETS);
  readonly #clock: Clock;
  #last: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A batch of chunks is there. One reading of the clock for all of them: they came together. */
  mark(): void {
    const now = this.#clock.monotonic();
    if (this.#last !== undefined) this.tally.add((now - this.#last) / 1000);
    this.#last = now;
  }

  /** The client does not keep up: the next gap is its own, not the upstream's. */
  rest(): void {
    this.#last = undefined;
  }
}
