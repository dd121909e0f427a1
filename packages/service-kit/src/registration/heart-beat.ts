/** Registers the worker and keeps it registered (FastChat: `init_heart_beat`, `register_to_controller`, `send_heart_beat`). */
import type { WorkerStatus } from '@orcestator/protocol';
import type { Clock, TimerHandle } from '../clock';
import type { Logger } from '../create-logger';
import { HttpStatusError } from '../http/post-json';
import type { RegistrationClient } from './registration-client';

export interface HeartBeatOptions {
  readonly controller: RegistrationClient;
  readonly status: () => WorkerStatus;
  /** The controller shall ask for the status itself, since it depends on who asks. */
  readonly isAsked?: boolean;
  /** Milliseconds between two heart beats. */
  readonly interval: number;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Told after each beat whether the controller knows the worker. */
  readonly onState: (isRegistered: boolean) => void;
}

/** Milliseconds before the first repetition and at most between two; FastChat repeats every 5 s for ever (F10). */
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 3_000;

export class HeartBeat {
  readonly #options: HeartBeatOptions;
  #timer: TimerHandle | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #isRegistered = false;
  /** What the controller was told is no longer true. */
  #isStale = false;
  #failures = 0;

  constructor(options: HeartBeatOptions) {
    this.#options = options;
  }

  /** Registers now, and beats from then on whatever happens: it never gives up and never throws. */
  start(): void {
    this.#next(0);
  }

  /** Something may have changed at the controller: beat in so many milliseconds rather than at the end of the interval. */
  wake(milliseconds: number): void {
    if (!this.#running) this.#next(milliseconds);
  }

  /** The status has changed: registers anew, after the beat that may be running. */
  registerAgain(): void {
    this.#isStale = true;
    if (this.#isRegistered) this.wake(0);
  }

  /** No more beats; resolves when a running one has ended and the controller has been told. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.stop();
    await this.#running;
    if (!this.#isRegistered) return;
    await this.#options.controller.removeWorker().catch((cause: unknown) => {
      // A controller that stops at the same moment is usual; one that answers with a refusal is not.
      const level = cause instanceof HttpStatusError ? 'warn' : 'debug';
      this.#options.logger[level]('could not sign off from the controller', { cause });
    });
  }

  #next(milliseconds: number): void {
    this.#timer?.stop();
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(milliseconds, () => {
      this.#running = this.#beat().finally(() => (this.#running = undefined));
    });
  }

  async #beat(): Promise<void> {
    const { interval, logger, onState } = this.#options;
    try {
      await this.#tell();
      this.#failures = 0;
      onState(true);
      this.#next(this.#isStale ? 0 : interval);
    } catch (cause) {
      this.#failures += 1;
      onState(false);
      // Once at warn level: the controller may simply not have been started yet.
      logger[this.#failures === 1 ? 'warn' : 'debug']('the controller does not answer; trying again', {
        cause,
      });
      this.#next(this.#backOff());
    }
  }

  async #tell(): Promise<void> {
    const { controller, status, isAsked, logger } = this.#options;
    const current = status();
    const isStale = this.#isStale;
    this.#isStale = false;
    if (this.#isRegistered && !isStale && (await controller.sendHeartBeat(current.queue_length))) return;
    const why = isStale ? 'what it serves has changed' : 'the controller had forgotten this worker';
    const isAgain = this.#isRegistered;
    this.#isRegistered = false;
    await controller.registerToController(isAsked ? undefined : current);
    this.#isRegistered = true;
    logger.info(isAgain ? `registered again: ${why}` : 'registered at the controller', {
      models: current.model_names.join(', '),
      patterns: current.model_patterns?.join(', '),
    });
  }

  /** Doubles up to the longest, with up to half of it taken off so that many workers do not come at once. */
  #backOff(): number {
    const full = Math.min(FIRST_BACK_OFF_MS * 2 ** (this.#failures - 1), LONGEST_BACK_OFF_MS);
    return full * (1 - this.#options.random() / 2);
  }
}
