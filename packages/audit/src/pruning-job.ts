/** Deletes what is older than the retention: small steps with pauses, an hour of rest when nothing is left to do. */
import type { Clock, TimerHandle } from '@orcestator/service-kit';
import type { AuditStore } from './audit-store';

/** Requests deleted in one transaction. */
export const PRUNE_STEP = 200;
/** Milliseconds. */
const FIRST_AFTER = 5_000;
const BETWEEN_STEPS = 100;
const BETWEEN_ROUNDS = 3_600_000;

export class PruningJob {
  readonly #retention: number;
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: TimerHandle | undefined;
  isDue = false;

  /** `retention` in milliseconds, 0 = for ever; `wake` is called when a step is due. */
  constructor(retention: number, clock: Clock, wake: () => void) {
    this.#retention = retention;
    this.#clock = clock;
    this.#wake = wake;
    if (retention > 0) this.#plan(FIRST_AFTER);
  }

  async step(store: AuditStore): Promise<void> {
    this.isDue = false;
    let deleted = 0;
    try {
      deleted = await store.prune(this.#clock.now().getTime() - this.#retention, PRUNE_STEP);
    } finally {
      this.#plan(deleted < PRUNE_STEP ? BETWEEN_ROUNDS : BETWEEN_STEPS);
    }
  }

  stop(): void {
    this.#timer?.stop();
  }

  #plan(milliseconds: number): void {
    this.#timer = this.#clock.after(milliseconds, () => {
      this.isDue = true;
      this.#wake();
    });
  }
}
