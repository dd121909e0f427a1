/** One request to the upstream, from the connection to the last chunk. */
import { OrcestatorError, type ChatCompletionChunk, type JsonRecord } from '@orcestator/protocol';
import {
  errorCodeOf,
  networkFailureOf,
  type Clock,
  type NetworkFailure,
  type StreamAnswer,
  type StreamClient,
} from '@orcestator/service-kit';
import type { Clean } from '@orcestator/stream-normaliser';
import { notAnApi, readErrorAnswer } from '@orcestator/stream-normaliser';
import type { StreamNormaliser } from '@orcestator/stream-normaliser';
import { readUpstreamStream, type StreamLimits } from '@orcestator/stream-normaliser';

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
  const { baseUrl, clean } = options;
  const answer = await open(post, options);
  post.onHead(answer);
  if (answer.status < 200 || answer.status > 299) throw await readErrorAnswer(answer, clean);
  const contentType = String(answer.headers['content-type'] ?? '');
  if (!contentType.startsWith('text/html')) return answer;
  answer.body.destroy();
  throw notAnApi(contentType, baseUrl);
}

async function open(
  { path, body, headers, abort: { signal } }: UpstreamPost,
  { baseUrl, client, limits }: AttemptOptions,
): Promise<StreamAnswer> {
  try {
    return await client.open({
      method: 'POST',
      url: `${baseUrl}${path}`,
      headers,
      body: JSON.stringify(body),
      signal,
      headersTimeout: limits.firstByte,
    });
  } catch (error) {
    throw connectionError(error, signal, limits, { hasAnswered: false });
  }
}

/** undici's word for it. */
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/** Our own abort keeps its reason; anything else is the network's doing. */
export function connectionError(
  error: unknown,
  signal: AbortSignal,
  limits: UpstreamLimits,
  { hasAnswered }: { hasAnswered: boolean },
): OrcestatorError {
  if (signal.aborted && signal.reason instanceof OrcestatorError) return signal.reason;
  if (error instanceof OrcestatorError) return error;
  const failure = networkFailureOf(error);
  // A request that got no byte back may be asked again; one that timed out is perhaps being paid for (openrouter.md §9).
  const isRetryable = !hasAnswered && failure !== 'timeout';
  const kind = failure === 'timeout' ? 'timeout' : 'upstream_failed';
  const message =
    errorCodeOf(error) === CONNECT_TIMEOUT
      ? `The upstream took no connection within ${limits.connect / 1000} s (OR_CONNECT_TIMEOUT). Check the network and HTTPS_PROXY.`
      : networkMessage(failure, limits);
  return new OrcestatorError(kind, message, { cause: error, isRetryable });
}

function networkMessage(failure: NetworkFailure, limits: UpstreamLimits): string {
  switch (failure) {
    case 'refused':
      return 'The upstream cannot be reached. Check the network, HTTPS_PROXY and OR_BASE_URL.';
    case 'timeout':
      return `The upstream did not answer within ${limits.firstByte / 1000} s (OR_FIRST_BYTE_TIMEOUT).`;
    case 'broken':
      return 'The connection to the upstream broke.';
  }
}
