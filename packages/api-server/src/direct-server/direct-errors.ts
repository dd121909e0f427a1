/** What goes wrong at a server that was registered without a worker of ours → our errors: it has no key of ours, and no account. */
import { isRecord, OrcestatorError, readErrorMessage, type JsonRecord } from '@orcestator/protocol';
import { createRedact, type StreamAnswer } from '@orcestator/service-kit';
import {
  answerFacts,
  createClean,
  mapUpstreamError,
  readError,
  readErrorBody,
  readErrorOf,
} from '@orcestator/stream-normaliser';

/** Keys of ours are unknown here; whatever looks like one is hidden. */
export const clean = createClean(createRedact());

/** Milliseconds. A model on a laptop may read a long prompt for minutes. */
export const LONGEST_SILENCE_MS = 600_000;

/** What a client may see of the head of an error, as from a worker of ours. */
const errorHeaders = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** An error body in both dialects at once: only our services write that. */
export function isOurError(body: unknown): boolean {
  return isRecord(body) && body.object === 'error' && typeof body.code === 'number' && isRecord(body.error);
}

/** The error behind an answer with an error status. */
export function errorOfAnswer(answer: StreamAnswer, text: string): OrcestatorError {
  const { status, headers } = answer;
  const body = readErrorBody(text);
  const found = isRecord(body) ? readErrorOf(body) : undefined;
  const said = readErrorMessage({ error: found }) ?? readErrorMessage(body);
  if (status === 404 && said === undefined) return noSuchPath();
  const message = said ?? `The server of this model answered ${status} without saying why`;
  const context = { clean, httpStatus: status, ...answerFacts(headers, errorHeaders) };
  const error = mapUpstreamError({ error: { ...found, message } }, context);
  return ['upstream_key_rejected', 'upstream_forbidden'].includes(error.kind) ? wantsKey(message) : error;
}

/** The error inside a body or an event that came with status 200, whatever stands beside it; `undefined` where there is none. */
export function errorInBody(body: JsonRecord): OrcestatorError | undefined {
  const choices = Array.isArray(body.choices) ? body.choices.filter(isRecord) : [];
  const error = [readErrorOf(body), ...choices.map((choice) => readError(choice.error))].find(Boolean);
  const message = readErrorMessage({ error }) ?? 'The server of this model reported an error';
  return error && mapUpstreamError({ error: { ...error, message } }, { clean });
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
