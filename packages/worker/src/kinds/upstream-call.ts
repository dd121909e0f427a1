/** What surrounds the attempts of one request: the total time, the caller's leave, further attempts before any content. */
import { OrcestatorError, toOrcestatorError, type ErrorKind } from '@orcestator/protocol';
import type { Clock } from '@orcestator/service-kit';

export interface RetryOptions {
  /** Further attempts after the first. */
  readonly maxRetries: number;
  /** Milliseconds; an upstream that wants a longer pause is not asked again, the client is told instead. */
  readonly longestWait: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly onRetry: (error: OrcestatorError, wait: number) => void;
  /** Told each attempt that failed, asked again or not; never that the client left. */
  readonly onUpstreamError: (kind: ErrorKind) => void;
}

export interface CallOptions extends RetryOptions {
  readonly clock: Clock;
  /** `total`: milliseconds for the whole answer, further attempts included. */
  readonly limits: { readonly total: number };
}

/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_BACK_OFF_MS = 500;

export class UpstreamCall {
  readonly #signal: AbortSignal;
  readonly #options: CallOptions;
  #hasContent = false;
  /** An attempt was made although an earlier one may have been served. */
  #hasRisked = false;
  /** Closes the connection of the attempt under way; its reason is thrown to the reader. */
  readonly abort = new AbortController();

  /** `signal` aborts when the client has left or the service stops. */
  constructor(signal: AbortSignal, options: CallOptions) {
    this.#signal = signal;
    this.#options = options;
  }

  /** What the first attempt gives that gets as far as content. */
  async *run<T>(attempt: () => AsyncGenerator<T>): AsyncGenerator<T> {
    const { clock, limits } = this.#options;
    const leave = (): void => this.abort.abort(this.#signal.reason);
    const total = clock.after(limits.total, () => this.abort.abort(tooLong(limits.total)));
    this.#signal.addEventListener('abort', leave, { once: true });
    if (this.#signal.aborted) leave();
    try {
      yield* this.#attempts(attempt);
    } finally {
      total.stop();
      this.#signal.removeEventListener('abort', leave);
    }
  }

  async *#attempts<T>(attempt: () => AsyncGenerator<T>): AsyncGenerator<T> {
    for (let count = 0; ; count += 1) {
      this.abort.signal.throwIfAborted();
      try {
        for await (const part of attempt()) {
          this.#hasContent = true;
          yield part;
        }
        return;
      } catch (error) {
        if (!this.#signal.aborted) this.#options.onUpstreamError(toOrcestatorError(error).kind);
        const wait = this.#waitBeforeRetry(error, count);
        if (wait === undefined) throw error;
        this.#options.onRetry(error as OrcestatorError, wait);
        await this.#pause(wait);
      }
    }
  }

  /** Milliseconds to the next attempt; `undefined` when there must be none: content has gone out, or nobody waits for it. */
  #waitBeforeRetry(error: unknown, count: number): number | undefined {
    const { maxRetries, longestWait, random } = this.#options;
    const mayHelp = error instanceof OrcestatorError && error.isRetryable;
    if (!mayHelp || this.#hasContent || this.abort.signal.aborted || count >= maxRetries) return undefined;
    // A request that may have been served is asked again once at most (openrouter.md §9).
    if (error.mayCostTwice && this.#hasRisked) return undefined;
    this.#hasRisked ||= error.mayCostTwice;
    const backOff = FIRST_BACK_OFF_MS * 2 ** count * (1 + random() / 2);
    const wait = error.retryAfter ?? backOff;
    return wait <= longestWait ? wait : undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.abort;
    return new Promise((resolve) => {
      const done = (): void => {
        timer.stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#options.clock.after(milliseconds, done);
      signal.addEventListener('abort', done);
    });
  }
}

function tooLong(milliseconds: number): OrcestatorError {
  return new OrcestatorError(
    'timeout',
    `The answer took longer than ${milliseconds / 1000} s (OR_TOTAL_TIMEOUT).`,
  );
}
