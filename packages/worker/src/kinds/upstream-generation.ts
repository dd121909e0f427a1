/** An answer under way: as many attempts as it takes to get the first content, then the stream of the one that gave it. */
import { randomUUID } from 'node:crypto';
import {
  ORCESTATOR_MODEL,
  OrcestatorError,
  pickHeaders,
  toOrcestatorError,
  type ChatCompletionChunk,
  type ErrorKind,
  type JsonRecord,
  type Usage,
} from '@orcestator/protocol';
import { StreamNormaliser } from '@orcestator/stream-normaliser';
import { attemptUpstream, type AttemptOptions } from './upstream-attempt';
import type { ChatStream } from './worker-kind';

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

export interface GenerationRequest {
  readonly model: string;
  readonly body: JsonRecord;
  readonly headers: Record<string, string>;
  /** Aborts when the client has left or the service stops. */
  readonly signal: AbortSignal;
}

/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_BACK_OFF_MS = 500;

export class UpstreamGeneration implements ChatStream {
  readonly #request: GenerationRequest;
  readonly #options: AttemptOptions & RetryOptions;
  readonly #abort = new AbortController();
  #normaliser: StreamNormaliser;
  #headers: Record<string, string> = {};
  #hasContent = false;
  readonly chunks: AsyncIterable<ChatCompletionChunk[]>;

  constructor(request: GenerationRequest, options: AttemptOptions & RetryOptions) {
    this.#request = request;
    this.#options = options;
    this.#normaliser = this.#createNormaliser();
    this.chunks = this.#run();
  }

  upstreamModel = (): string => this.#normaliser.upstreamModel ?? this.#request.model;
  usage = (): Usage | undefined => this.#normaliser.usage;
  openChoices = (): number[] => this.#normaliser.openChoices;
  headers = (): Record<string, string> => this.#headers;

  async *#run(): AsyncGenerator<ChatCompletionChunk[]> {
    const { signal } = this.#request;
    const { clock, limits } = this.#options;
    const leave = (): void => this.#abort.abort(signal.reason);
    const total = clock.after(limits.total, () => this.#abort.abort(tooLong(limits.total)));
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      yield* this.#attempts();
    } finally {
      total.stop();
      signal.removeEventListener('abort', leave);
    }
  }

  async *#attempts(): AsyncGenerator<ChatCompletionChunk[]> {
    for (let attempt = 0; ; attempt += 1) {
      this.#abort.signal.throwIfAborted();
      try {
        for await (const chunks of this.#attempt()) {
          this.#hasContent = true;
          yield chunks;
        }
        return;
      } catch (error) {
        if (!this.#request.signal.aborted) this.#options.onUpstreamError(toOrcestatorError(error).kind);
        const wait = this.#waitBeforeRetry(error, attempt);
        if (wait === undefined) throw error;
        this.#options.onRetry(error as OrcestatorError, wait);
        await this.#pause(wait);
      }
    }
  }

  #attempt(): AsyncGenerator<ChatCompletionChunk[]> {
    const { model, body, headers } = this.#request;
    this.#normaliser = this.#createNormaliser();
    return attemptUpstream(
      {
        model,
        body,
        headers,
        normaliser: this.#normaliser,
        abort: this.#abort,
        onHead: (answer) => (this.#headers = pickHeaders(answer.headers, ['x-generation-id'])),
      },
      this.#options,
    );
  }

  /** Milliseconds to the next attempt; `undefined` when there must be none: content has gone out, or nobody waits for it. */
  #waitBeforeRetry(error: unknown, attempt: number): number | undefined {
    const { maxRetries, longestWait, random } = this.#options;
    const mayHelp = error instanceof OrcestatorError && error.isRetryable;
    if (!mayHelp || this.#hasContent || this.#abort.signal.aborted || attempt >= maxRetries) return undefined;
    const backOff = FIRST_BACK_OFF_MS * 2 ** attempt * (1 + random() / 2);
    const wait = error.retryAfter ?? backOff;
    return wait <= longestWait ? wait : undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#abort;
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

  #createNormaliser(): StreamNormaliser {
    const { clock, clean } = this.#options;
    return new StreamNormaliser({
      model: ORCESTATOR_MODEL,
      fallbackId: `chatcmpl-${randomUUID()}`,
      created: Math.floor(clock.now().getTime() / 1000),
      clean,
    });
  }
}

function tooLong(milliseconds: number): OrcestatorError {
  return new OrcestatorError(
    'timeout',
    `The answer took longer than ${milliseconds / 1000} s (OR_TOTAL_TIMEOUT).`,
  );
}
