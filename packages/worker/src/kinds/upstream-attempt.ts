/** One request to the upstream, from the connection to the last chunk. */
import type { ChatCompletionChunk, JsonRecord } from '@orcestator/protocol';
import type { Clock, StreamAnswer, StreamClient } from '@orcestator/service-kit';
import {
  compressedAnswer,
  notAnApi,
  readUpstreamStream,
  type Clean,
  type StreamLimits,
  type StreamNormaliser,
} from '@orcestator/stream-normaliser';
import { connectionError } from './connection-error';
import { upstreamRefusal } from './upstream-refusal';

export interface UpstreamLimits extends StreamLimits {
  /** Milliseconds to establish a connection. */
  readonly connect: number;
  /** Milliseconds to the head of the answer. */
  readonly firstByte: number;
  /** Milliseconds for the whole answer, further attempts included. */
  readonly total: number;
}

export interface AttemptOptions {
  readonly baseUrl: string;
  readonly limits: UpstreamLimits;
  readonly client: StreamClient;
  readonly clock: Clock;
  readonly clean: Clean;
}

/** One request to one path of the upstream. */
export interface UpstreamPost {
  /** Below the base address, `/chat/completions`. */
  readonly path: string;
  readonly body: JsonRecord;
  readonly headers: Record<string, string>;
  /** Closes the connection; its reason is thrown to the reader. */
  readonly abort: AbortController;
  /** Told the head of the answer. */
  readonly onHead: (answer: StreamAnswer) => void;
}

export interface Attempt extends UpstreamPost {
  readonly normaliser: StreamNormaliser;
}

/** Yields clean chunks; throws an {@link OrcestatorError} when the attempt fails. */
export async function* attemptUpstream(
  attempt: Attempt,
  options: AttemptOptions,
): AsyncGenerator<ChatCompletionChunk[]> {
  const { normaliser, abort } = attempt;
  const { clock, limits } = options;
  const answer = await postUpstream(attempt, options);
  try {
    // Events or one body: its first bytes tell, `content-type` may err.
    yield* readUpstreamStream({ answer, normaliser, limits, clock, abort: (reason) => abort.abort(reason) });
  } catch (error) {
    throw connectionError(error, abort.signal, limits, { hasAnswered: true });
  }
}

/** The head of a sound answer; its body must be read or destroyed. Throws what any other answer means. */
export async function postUpstream(post: UpstreamPost, options: AttemptOptions): Promise<StreamAnswer> {
  const answer = await open(post, options);
  post.onHead(answer);
  if (answer.status < 200 || answer.status > 299)
    throw await upstreamRefusal(answer, post.abort.signal, options);
  const compressed = compressedAnswer(answer.headers);
  if (compressed) {
    answer.body.destroy();
    throw compressed;
  }
  const contentType = String(answer.headers['content-type'] ?? '');
  if (!contentType.startsWith('text/html')) return answer;
  answer.body.destroy();
  throw notAnApi(contentType, options.baseUrl);
}

async function open(
  { path, body, headers, abort: { signal } }: UpstreamPost,
  { baseUrl, client, limits }: AttemptOptions,
): Promise<StreamAnswer> {
  // Not inside: what cannot be written as JSON is no failure of the network.
  const text = JSON.stringify(body);
  try {
    return await client.open({
      method: 'POST',
      url: `${baseUrl}${path}`,
      headers,
      body: text,
      signal,
      headersTimeout: limits.firstByte,
    });
  } catch (error) {
    throw connectionError(error, signal, limits, { hasAnswered: false });
  }
}
