/** Vectors under way: one JSON answer of the upstream, with the retries and the error texts of any other request. */
import {
  isRecord,
  ORCESTATOR_MODEL,
  OrcestatorError,
  parseJson,
  pickHeaders,
  type ChatCompletionChunk,
  type JsonRecord,
  type Usage,
} from '@orcestator/protocol';
import { mapUpstreamError, readBodyText } from '@orcestator/stream-normaliser';
import { connectionError } from './connection-error';
import { postUpstream, type AttemptOptions } from './upstream-attempt';
import { UpstreamCall, type RetryOptions } from './upstream-call';
import type { UpstreamRequest } from './upstream-generation';
import type { EmbeddingsStream } from './worker-kind';

/** Bytes: 2048 texts of 3072 dimensions written out. */
const BODY_LIMIT = 192 * 1024 * 1024;

export class UpstreamEmbeddings implements EmbeddingsStream {
  readonly #request: UpstreamRequest;
  readonly #options: AttemptOptions & RetryOptions;
  readonly #call: UpstreamCall;
  #headers: Record<string, string> = {};
  #answer: JsonRecord = {};
  #model: string | undefined;
  readonly chunks: AsyncIterable<ChatCompletionChunk[]>;
  readonly signal: AbortSignal;

  constructor(request: UpstreamRequest, options: AttemptOptions & RetryOptions) {
    this.#request = request;
    this.#options = options;
    this.#call = new UpstreamCall(request.signal, options);
    this.signal = this.#call.abort.signal;
    this.chunks = this.#call.run(() => this.#attempt());
  }

  upstreamModel = (): string => this.#model ?? this.#request.model;
  openChoices = (): number[] => [];
  headers = (): Record<string, string> => this.#headers;
  answer = (): JsonRecord => this.#answer;

  usage = (): Usage | undefined => {
    const usage = isRecord(this.#answer.usage) ? this.#answer.usage : {};
    const { prompt_tokens: prompt, total_tokens: total } = usage;
    if (typeof prompt !== 'number') return undefined;
    return {
      ...usage,
      prompt_tokens: prompt,
      completion_tokens: 0,
      total_tokens: typeof total === 'number' ? total : prompt,
    };
  };

  async *#attempt(): AsyncGenerator<ChatCompletionChunk[]> {
    const { model, body, headers } = this.#request;
    const { abort } = this.#call;
    const { limits } = this.#options;
    const post = { path: '/embeddings', body: { ...body, model }, headers, abort };
    const answer = await postUpstream(
      { ...post, onHead: (head) => (this.#headers = pickHeaders(head.headers, ['x-generation-id'])) },
      this.#options,
    );
    const text = await readBodyText(answer, BODY_LIMIT).catch((error: unknown) => {
      throw connectionError(error, abort.signal, limits, { hasAnswered: true });
    });
    yield [this.#take(parseJson(text))];
  }

  /** Keeps the answer under the gateway's model name; gives its summary. */
  #take(body: unknown): ChatCompletionChunk {
    const { clean, clock } = this.#options;
    // As with chat, an error may come with status 200 (openrouter.md §6.7).
    if (isRecord(body) && (isRecord(body.error) || typeof body.error === 'string'))
      throw mapUpstreamError(body, { clean });
    if (!isRecord(body) || !Array.isArray(body.data))
      throw new OrcestatorError('upstream_failed', 'The upstream answered without any embeddings.');
    if (typeof body.model === 'string') this.#model = body.model;
    this.#answer = { ...body, model: ORCESTATOR_MODEL };
    return {
      id: typeof body.id === 'string' ? body.id : '',
      object: 'chat.completion.chunk',
      created: Math.floor(clock.now().getTime() / 1000),
      model: ORCESTATOR_MODEL,
      choices: [{ index: 0, delta: { content: summary(body.data) }, finish_reason: 'stop' }],
    };
  }
}

/** What a person wants to read of vectors. */
function summary(data: readonly unknown[]): string {
  const first: unknown = data.find(isRecord)?.embedding;
  const BYTES_PER_NUMBER = 4;
  const dimensions = Array.isArray(first)
    ? first.length
    : typeof first === 'string'
      ? Buffer.byteLength(first, 'base64') / BYTES_PER_NUMBER
      : 0;
  return `[embeddings ${data.length}×${Math.floor(dimensions)}]`;
}
