/** What goes wrong at a server that was registered without a worker of ours → our errors: it has no key of ours, and no account. */
import {
  isRecord,
  OrcestatorError,
  parseJson,
  pickHeaders,
  readErrorMessage,
  type JsonRecord,
} from '@orcestator/protocol';
import { createRedact, type StreamAnswer } from '@orcestator/service-kit';
import { createClean, mapUpstreamError } from '@orcestator/stream-normaliser';

/** Keys of ours are unknown here; whatever looks like one is hidden. */
export const clean = createClean(createRedact());

/** Milliseconds. A model on a laptop may read a long prompt for minutes. */
export const LONGEST_SILENCE_MS = 600_000;

/** What a client may see of the head of an error, as from a worker of ours. */
const errorHeaders = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** Servers' words for a conversation that does not fit: llama.cpp, vLLM, LM Studio. */
const tooLong =
  /exceed_context_size|maximum context length|context (?:length|size)(?: has been)? exceeded|exceeds the available context/i;

/** An error body in both dialects at once: only our services write that. */
export function isOurError(body: unknown): boolean {
  return isRecord(body) && body.object === 'error' && typeof body.code === 'number' && isRecord(body.error);
}

/** The error behind an answer with an error status. */
export function errorOfAnswer(answer: StreamAnswer, text: string): OrcestatorError {
  const { status } = answer;
  const body = parseJson(text);
  const message = readErrorMessage(body) ?? `The server of this model answered ${status} without saying why`;
  if (status === 404 && readErrorMessage(body) === undefined) return noSuchPath();
  const error = toError(body, message, status, headersOfError(answer));
  return ['upstream_key_rejected', 'upstream_forbidden'].includes(error.kind) ? wantsKey(message) : error;
}

/** The error inside a body or an event that came with status 200, whatever stands beside it; `undefined` where there is none. */
export function errorInBody(body: JsonRecord): OrcestatorError | undefined {
  const isError = body.object === 'error' || isRecord(body.error) || typeof body.error === 'string';
  if (!isError) return errorInChoices(body.choices);
  const message = readErrorMessage(body) ?? 'The server of this model reported an error';
  return toError(body, message, undefined, {});
}

function errorInChoices(choices: unknown): OrcestatorError | undefined {
  const broken = (Array.isArray(choices) ? choices.filter(isRecord) : []).find(({ error }) =>
    isRecord(error),
  );
  return broken && errorInBody({ error: broken.error });
}

/** An error that met the reader of an answer under way. */
export function brokenServer(thrown: unknown): OrcestatorError {
  if (thrown instanceof OrcestatorError) return thrown;
  return new OrcestatorError(
    'worker_unreachable',
    'The server of this model broke off in the middle of its answer; ask again.',
    { cause: thrown },
  );
}

export function serverIsSilent(): OrcestatorError {
  const seconds = LONGEST_SILENCE_MS / 1000;
  return new OrcestatorError('timeout', `The server of this model has sent nothing for ${seconds} s.`);
}

/** A 200 that is no answer: usually another program listens there. */
export function notAnAnswer(answer: StreamAnswer, what: string): OrcestatorError {
  answer.body.destroy();
  return new OrcestatorError(
    'upstream_failed',
    `The server of this model answered with ${what.split(';')[0] || 'no content type'}, not with an API answer. Check the address that was registered.`,
  );
}

/** Its pieces could only be put together by guessing what the server means by them. */
export function streamedUnasked({ body }: StreamAnswer): OrcestatorError {
  body.destroy();
  return new OrcestatorError(
    'upstream_failed',
    'The server of this model streamed although one body was asked for. Ask with "stream": true.',
  );
}

export function tooLarge(): OrcestatorError {
  return new OrcestatorError('upstream_failed', 'The answer of the server of this model is too large.');
}

function headersOfError({ headers }: StreamAnswer): Record<string, string> {
  const { 'retry-after': retryAfter, ...picked } = pickHeaders(headers, errorHeaders);
  return retryAfter !== undefined && isDelay(retryAfter) ? { ...picked, 'retry-after': retryAfter } : picked;
}

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/** Seconds or a date (RFC 9110 §10.2.3): some clients take anything else for "at once". */
function isDelay(text: string): boolean {
  return /^\d+$/.test(text) || (httpDate.test(text) && Number.isFinite(Date.parse(text)));
}

function toError(
  body: unknown,
  message: string,
  httpStatus: number | undefined,
  headers: Record<string, string>,
): OrcestatorError {
  const isTooLong =
    tooLong.test(message) || (isRecord(body) && tooLong.test(JSON.stringify(body.error ?? '')));
  if (isTooLong) return new OrcestatorError('context_overflow', clean(message));
  // vLLM's older bodies have the status at the top, and nothing below `error`.
  const error =
    isRecord(body) && isRecord(body.error) ? body.error : { code: isRecord(body) ? body.code : undefined };
  const context = { headers, clean, ...(httpStatus !== undefined && { httpStatus }) };
  return mapUpstreamError({ error: { ...error, message } }, context);
}

function wantsKey(message: string): OrcestatorError {
  return new OrcestatorError(
    'upstream_key_rejected',
    `${clean(message)} The server of this model wants a key, and the gateway has none for it. Put a worker in front of it (npx --yes pnpm@12 worker --base-url …) with its key in OR_API_KEY.`,
  );
}

function noSuchPath(): OrcestatorError {
  return new OrcestatorError(
    'model_not_found',
    'The server of this model does not know this path. Check the address that was registered: it is the part before /v1.',
    { code: 'unknown_url' },
  );
}
