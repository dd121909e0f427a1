/** An upstream answer that is no stream of chunks → the error it means. */
import { isRecord, OrcestatorError, parseJson, pickHeaders, readErrorMessage } from '@orcestator/protocol';
import { readErrorOf } from './read-error';
import type { AnswerFacts } from './retry-advice';
import type { StreamAnswer } from '@orcestator/service-kit';
import { mapUpstreamError, type Clean } from './map-upstream-error';

/** Largest error body that is looked at, in bytes. */
const ERROR_BODY_LIMIT = 64 * 1024;
/** What the client may see of the upstream's answer head when the answer is an error. */
const errorHeaders = [
  'retry-after',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-generation-id',
];

/** Reads at most `limit` bytes as text; the rest is not waited for. */
export async function readText(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size >= limit) break;
  }
  return Buffer.concat(pieces).subarray(0, limit).toString('utf8');
}

/** The error behind an answer with an error status. */
export async function readErrorAnswer(answer: StreamAnswer, clean: Clean): Promise<OrcestatorError> {
  const text = await readText(answer.body, ERROR_BODY_LIMIT);
  const context = { httpStatus: answer.status, clean, ...answerFacts(answer.headers, errorHeaders) };
  const body = readErrorBody(text);
  if (isRecord(body) && readErrorOf(body)) return mapUpstreamError(body, context);
  // Cloudflare's pages and other servers' texts (pitfall 14): the status says it all, the page nothing.
  const message = readErrorMessage(body) ?? `The upstream answered ${answer.status} without saying why`;
  return mapUpstreamError({ error: { message } }, context);
}

/** What the head of an answer says of the time to wait: a date in it is counted from its own. */
export function answerFacts(headers: StreamAnswer['headers'], names: readonly string[]): AnswerFacts {
  const now = Date.parse(String(headers.date));
  return { headers: pickHeaders(headers, names), ...(Number.isNaN(now) ? {} : { now }) };
}

/** A JSON object, Google's list of one, or the first event of a stream. */
export function readErrorBody(text: string): unknown {
  const json = parseJson(text) ?? parseJson(/^data:(.*)/m.exec(text)?.[1] ?? '');
  return Array.isArray(json) ? json[0] : json;
}

/** An answer that somebody on the way has compressed, though it was asked not to be (pitfall 19); `undefined` for any other. */
export function compressedAnswer(headers: StreamAnswer['headers']): OrcestatorError | undefined {
  const encoding = String(headers['content-encoding'] ?? 'identity').trim();
  if (encoding === '' || encoding === 'identity') return undefined;
  return new OrcestatorError(
    'upstream_failed',
    `The upstream's answer came compressed (${encoding.slice(0, 20)}), though it was asked not to be: a proxy on the way does that. Take it off for this address, or see HTTPS_PROXY.`,
  );
}

/** The error behind a 200 that is neither an event stream nor JSON: usually a wrong base address (pitfall 14). */
export function notAnApi(contentType: string, baseUrl: string): OrcestatorError {
  const shown = contentType.split(';')[0] || 'no content type';
  return new OrcestatorError(
    'upstream_failed',
    `The upstream answered with ${shown}, not with an API answer. Check OR_BASE_URL: OpenRouter's is https://openrouter.ai/api/v1.`,
    { cause: `base URL ${baseUrl}` },
  );
}
