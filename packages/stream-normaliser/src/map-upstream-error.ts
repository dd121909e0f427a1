/** Upstream's error, whatever its shape → ours: the cause in the message, our key's troubles never the client's. */
import {
  isRecord,
  OrcestatorError,
  parseJson,
  readErrorMessage,
  type ErrorKind,
  type JsonRecord,
} from '@orcestator/protocol';
import { errorWords, statusOfError } from './error-status';
import { readErrorOf } from './read-error';
import { isDailyLimit, limitHeaders, retryAdvice, type AnswerFacts, type RetryAdvice } from './retry-advice';

/** Takes keys and control characters out of a text and shortens it. */
export type Clean = (text: string) => string;

interface Mapping {
  readonly kind: ErrorKind;
  /** OpenAI's `error.code` where the table's word would say too little. */
  readonly code?: string;
  /** What the user of the gateway can do about it. */
  readonly remedy?: string;
}

const keyRemedy =
  "The gateway's own OpenRouter key is meant: set a valid OR_API_KEY (https://openrouter.ai/settings/keys).";

/** Not our queue: another worker of ours would not help. */
const upstreamOverloaded: Mapping = { kind: 'overloaded', code: 'upstream_overloaded' };

/** Status → kind. 401, 402 and 403 are about the gateway's key, so the client must not read them as about its own. */
const byStatus: Readonly<Record<number, Mapping>> = {
  400: { kind: 'invalid_request' },
  401: { kind: 'upstream_key_rejected', remedy: keyRemedy },
  402: {
    kind: 'upstream_credits',
    remedy: 'The account behind OR_API_KEY has too little credit: https://openrouter.ai/settings/credits.',
  },
  403: {
    kind: 'upstream_forbidden',
    remedy: 'The account or key behind OR_API_KEY is not allowed to do this.',
  },
  404: { kind: 'model_not_found' },
  408: { kind: 'timeout' },
  413: { kind: 'too_large' },
  422: { kind: 'invalid_request' },
  429: { kind: 'rate_limit' },
  503: upstreamOverloaded,
  504: { kind: 'timeout' },
  524: { kind: 'timeout' },
  529: upstreamOverloaded,
};

/** The longest upstream text that goes into a message, in characters. */
export const UPSTREAM_TEXT_LIMIT = 500;

/** Where an upstream error was met. */
export interface UpstreamErrorContext extends AnswerFacts {
  /** The status line's; absent inside a stream. */
  readonly httpStatus?: number;
  readonly clean: Clean;
}

/** Words for a prompt that does not fit: OpenRouter, OpenAI, llama.cpp, vLLM, LM Studio. */
const tooLong =
  /exceed_context_size|maximum context length|context (?:length|size)(?: has been)? exceeded|exceeds the available context/i;

/** `body` is the parsed answer or event that holds `error`. */
export function mapUpstreamError(body: JsonRecord, context: UpstreamErrorContext): OrcestatorError {
  const error = readErrorOf(body) ?? {};
  const told = statusOfError(error, context.httpStatus);
  const status = told ?? 502;
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const text = textOf(error, metadata);
  const { kind, code, remedy } = refine(told, text, error, metadata);
  const advice = retryAdvice(status, error, context);
  return new OrcestatorError(kind, [sentence(text, context.clean), remedy].filter(Boolean).join(' '), {
    ...advice,
    ...(code === undefined ? {} : { code }),
    headers: { ...otherHeaders(context), ...limitHeaders(error, context), ...retryHeaders(advice) },
    cause: `upstream status ${status}`,
  });
}

/** `told`: the status, where anything tells it. */
function refine(told: number | undefined, text: string, error: JsonRecord, metadata: JsonRecord): Mapping {
  const status = told ?? 502;
  const isRefused = status >= 400 && status < 500;
  const words = errorWords(error);
  const saysTooLong = [text, ...words].some((said) => tooLong.test(said));
  if (words.includes('context_length_exceeded') || (saysTooLong && (isRefused || told === undefined)))
    return { kind: 'context_overflow' };
  if (status === 429 && isDailyLimit(error)) return { kind: 'quota_exceeded' };
  // A refused prompt is the client's affair, not the key's (moderation: metadata.reasons; guardrail: metadata.patterns).
  if (status === 403 && (Array.isArray(metadata.reasons) || Array.isArray(metadata.patterns)))
    return { kind: 'content_policy' };
  return byStatus[status] ?? { kind: isRefused ? 'invalid_request' : 'upstream_failed' };
}

/** The upstream's text, with the provider and its own words where the message alone says nothing (pitfall 24). */
function textOf(error: JsonRecord, metadata: JsonRecord): string {
  const message =
    typeof error.message === 'string' && error.message.trim() !== ''
      ? error.message.trim()
      : 'The upstream reported an error';
  const provider = typeof metadata.provider_name === 'string' ? metadata.provider_name : '';
  const details = [provider, rawText(metadata.raw)].filter(Boolean).join(': ');
  return details === '' ? message : `${message} (${details})`;
}

function sentence(text: string, clean: Clean): string {
  const cleaned = clean(text);
  return /[.!?)]$/.test(cleaned) ? cleaned : `${cleaned}.`;
}

/** `metadata.raw` is a text, JSON inside a text, an object, or Google's list of one (pitfall 46). */
function rawText(raw: unknown): string {
  const value = typeof raw === 'string' ? (parseJson(raw) ?? raw) : raw;
  if (Array.isArray(value)) return rawText(value[0]);
  if (typeof value === 'string') return value.trim();
  return readErrorMessage(value) ?? (isRecord(value) ? JSON.stringify(value) : '');
}

/** What the worker hands on beside the limits, whose values are checked. */
function otherHeaders({ headers = {} }: UpstreamErrorContext): Record<string, string> {
  const id = headers['x-generation-id'];
  return id === undefined ? {} : { 'x-generation-id': id };
}

/** SDKs would repeat every 5xx and 429 twice by themselves; where that cannot help they are told so. */
function retryHeaders({ isRetryable, retryAfter }: RetryAdvice): Record<string, string> {
  return {
    ...(isRetryable ? {} : { 'x-should-retry': 'false' }),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter / 1_000)) }),
  };
}

/** Makes a {@link Clean} out of a redacting function: one line, no control characters, bounded. */
export function createClean(redact: (text: string) => string): Clean {
  return (text) => {
    const line = redact(text)
      .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .trim();
    return line.length > UPSTREAM_TEXT_LIMIT ? `${line.slice(0, UPSTREAM_TEXT_LIMIT)}…` : line;
  };
}
