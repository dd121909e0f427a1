/** The kind that streams from OpenRouter, or from any other server that speaks OpenAI's chat completions. */
import { randomUUID } from 'node:crypto';
import {
  isRecord,
  ORCESTATOR_MODEL,
  OrcestatorError,
  pickHeaders,
  type ChatCompletionChunk,
  type JsonRecord,
} from '@orcestator/protocol';
import {
  networkFailureOf,
  type Clock,
  type NetworkFailure,
  type StreamAnswer,
  type StreamClient,
} from '@orcestator/service-kit';
import type { Clean } from '../upstream/map-upstream-error';
import { notAnApi, readErrorAnswer } from '../upstream/read-error-answer';
import { StreamNormaliser } from '../upstream/stream-normaliser';
import { upstreamHeaders, type UpstreamHeaderOptions } from '../upstream/upstream-headers';
import { upstreamModelOf, type ModelSettings } from '../upstream/upstream-model';
import { readUpstreamBody, readUpstreamStream, type StreamLimits } from '../upstream/upstream-stream';
import type { ChatStream, GenerateContext, WorkerKind } from './worker-kind';

export interface OpenAiCompatibleOptions extends ModelSettings, UpstreamHeaderOptions {
  readonly baseUrl: string;
  readonly limits: StreamLimits & {
    /** Milliseconds to the head of the answer. */
    readonly firstByte: number;
    /** Milliseconds for the whole answer. */
    readonly total: number;
  };
  readonly client: StreamClient;
  readonly clock: Clock;
  readonly clean: Clean;
}

export class OpenAiCompatibleWorker implements WorkerKind {
  readonly #options: OpenAiCompatibleOptions;

  constructor(options: OpenAiCompatibleOptions) {
    this.#options = options;
  }

  /** Always a stream upstream, whatever the client wants: only a stream can be cancelled (openrouter.md §7). */
  async generateStreamGate(body: JsonRecord, context: GenerateContext): Promise<ChatStream> {
    const { clock, limits, clean } = this.#options;
    const model = upstreamModelOf(body, String(context.headers['user-agent'] ?? ''), this.#options);
    const abort = new AbortController();
    const total = clock.after(limits.total, () =>
      abort.abort(
        new OrcestatorError(
          'timeout',
          `The answer took longer than ${limits.total / 1000} s (OR_TOTAL_TIMEOUT).`,
        ),
      ),
    );
    const leave = (): void => abort.abort(context.signal.reason);
    context.signal.addEventListener('abort', leave, { once: true });
    const release = (): void => {
      total.stop();
      context.signal.removeEventListener('abort', leave);
    };
    try {
      context.signal.throwIfAborted();
      const answer = await this.#open(model, body, context, abort.signal);
      const created = Math.floor(clock.now().getTime() / 1000);
      const normaliser = new StreamNormaliser({
        model: ORCESTATOR_MODEL,
        fallbackId: `chatcmpl-${randomUUID()}`,
        created,
        clean,
      });
      const chunks = this.#read(answer, normaliser, abort, release);
      return toChatStream(model, answer, normaliser, chunks);
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#options.client.close();
  }

  async #open(
    model: string,
    body: JsonRecord,
    context: GenerateContext,
    signal: AbortSignal,
  ): Promise<StreamAnswer> {
    const { baseUrl, client, limits, clean } = this.#options;
    const streamOptions = isRecord(body.stream_options) ? body.stream_options : {};
    const answer = await client
      .open({
        method: 'POST',
        url: `${baseUrl}/chat/completions`,
        headers: upstreamHeaders(this.#options, context.headers),
        body: JSON.stringify({
          ...body,
          model,
          stream: true,
          stream_options: { ...streamOptions, include_usage: true },
        }),
        signal,
        headersTimeout: limits.firstByte,
      })
      .catch((error: unknown) => {
        throw this.#connectionError(error, signal);
      });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await readErrorAnswer(answer, clean);
  }

  async *#read(
    answer: StreamAnswer,
    normaliser: StreamNormaliser,
    abort: AbortController,
    release: () => void,
  ): AsyncGenerator<ChatCompletionChunk[]> {
    const { limits, clock, baseUrl } = this.#options;
    const contentType = String(answer.headers['content-type'] ?? '');
    try {
      if (contentType.includes('json')) yield* readUpstreamBody(answer, normaliser);
      else if (contentType.startsWith('text/html')) {
        answer.body.destroy();
        throw notAnApi(contentType, baseUrl);
      } else {
        yield* readUpstreamStream({
          answer,
          normaliser,
          limits,
          clock,
          abort: (reason) => abort.abort(reason),
        });
      }
    } catch (error) {
      throw this.#connectionError(error, abort.signal);
    } finally {
      release();
    }
  }

  /** Our own abort keeps its reason; anything else is the network's doing. */
  #connectionError(error: unknown, signal: AbortSignal): OrcestatorError {
    if (signal.aborted && signal.reason instanceof OrcestatorError) return signal.reason;
    if (error instanceof OrcestatorError) return error;
    const failure = networkFailureOf(error);
    const kind = failure === 'timeout' ? 'timeout' : 'upstream_failed';
    return new OrcestatorError(kind, this.#networkMessage(failure), { cause: error });
  }

  #networkMessage(failure: NetworkFailure): string {
    const { limits } = this.#options;
    switch (failure) {
      case 'refused':
        return 'The upstream cannot be reached. Check the network, HTTPS_PROXY and OR_BASE_URL.';
      case 'timeout':
        return `The upstream did not answer within ${limits.firstByte / 1000} s (OR_FIRST_BYTE_TIMEOUT).`;
      case 'broken':
        return 'The connection to the upstream broke.';
    }
  }
}

function toChatStream(
  model: string,
  answer: StreamAnswer,
  normaliser: StreamNormaliser,
  chunks: AsyncIterable<ChatCompletionChunk[]>,
): ChatStream {
  return {
    chunks,
    upstreamModel: () => normaliser.upstreamModel ?? model,
    usage: () => normaliser.usage,
    envelope: () => normaliser.envelope,
    openChoices: () => normaliser.openChoices,
    headers: pickHeaders(answer.headers, ['x-generation-id']),
  };
}
