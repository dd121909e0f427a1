/** A text under way: as many attempts as it takes to get the first content, then the stream of the one that gave it. */
import { randomUUID } from 'node:crypto';
import {
  isRecord,
  ORCESTATOR_MODEL,
  pickHeaders,
  type ChatCompletionChunk,
  type JsonRecord,
  type Usage,
} from '@orcestator/protocol';
import { StreamNormaliser } from '@orcestator/stream-normaliser';
import { attemptUpstream, type AttemptOptions } from './upstream-attempt';
import { UpstreamCall, type RetryOptions } from './upstream-call';
import type { ChatStream } from './worker-kind';

export interface UpstreamRequest {
  readonly model: string;
  readonly body: JsonRecord;
  readonly headers: Record<string, string>;
  /** Aborts when the client has left or the service stops. */
  readonly signal: AbortSignal;
}

/** The upstream's two paths to a text, and what an id looks like there. */
const generationPaths = {
  chat: { path: '/chat/completions', idPrefix: 'chatcmpl' },
  text: { path: '/completions', idPrefix: 'cmpl' },
} as const;

export class UpstreamGeneration implements ChatStream {
  readonly #what: (typeof generationPaths)['chat' | 'text'];
  readonly #request: UpstreamRequest;
  readonly #options: AttemptOptions & RetryOptions;
  readonly #call: UpstreamCall;
  #normaliser: StreamNormaliser;
  #headers: Record<string, string> = {};
  readonly chunks: AsyncIterable<ChatCompletionChunk[]>;
  readonly signal: AbortSignal;

  constructor(
    what: keyof typeof generationPaths,
    request: UpstreamRequest,
    options: AttemptOptions & RetryOptions,
  ) {
    this.#what = generationPaths[what];
    this.#request = request;
    this.#options = options;
    this.#call = new UpstreamCall(request.signal, options);
    this.#normaliser = this.#createNormaliser();
    this.signal = this.#call.abort.signal;
    this.chunks = this.#call.run(() => this.#attempt());
  }

  upstreamModel = (): string => this.#normaliser.upstreamModel ?? this.#request.model;
  usage = (): Usage | undefined => this.#normaliser.usage;
  openChoices = (): number[] => this.#normaliser.openChoices;
  headers = (): Record<string, string> => this.#headers;

  #attempt(): AsyncGenerator<ChatCompletionChunk[]> {
    this.#normaliser = this.#createNormaliser();
    return attemptUpstream(
      {
        path: this.#what.path,
        body: this.#body(),
        headers: this.#request.headers,
        normaliser: this.#normaliser,
        abort: this.#call.abort,
        onHead: (answer) => (this.#headers = pickHeaders(answer.headers, ['x-generation-id'])),
      },
      { ...this.#options, limits: this.#limits() },
    );
  }

  /** Where several choices are asked for, one may begin long after the others have ended. */
  #limits(): AttemptOptions['limits'] {
    const { limits } = this.#options;
    const { n, prompt } = this.#request.body;
    const hasMore = (typeof n === 'number' && n > 1) || (Array.isArray(prompt) && prompt.length > 1);
    return hasMore ? { ...limits, finishLinger: limits.byteIdle } : limits;
  }

  /** Always a stream upstream, whatever the client wants: only a stream can be cancelled (openrouter.md §7). */
  #body(): JsonRecord {
    const { model, body } = this.#request;
    const streamOptions = isRecord(body.stream_options) ? body.stream_options : {};
    return { ...body, model, stream: true, stream_options: { ...streamOptions, include_usage: true } };
  }

  #createNormaliser(): StreamNormaliser {
    const { clock, clean } = this.#options;
    return new StreamNormaliser({
      model: ORCESTATOR_MODEL,
      fallbackId: `${this.#what.idPrefix}-${randomUUID()}`,
      created: Math.floor(clock.now().getTime() / 1000),
      clean,
    });
  }
}
