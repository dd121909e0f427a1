/** Upstream's error, whatever its shape → ours: the cause in the message, our key's troubles never the client's. */
import {
  isRecord,
  OrcestatorError,
  parseJson,
  readErrorMessage,
  type ErrorKind,
  type JsonRecord,
} from '@orcestator/protocol';
import { retryAdvice, type RetryAdvice } from './retry-advice';

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
export interface UpstreamErrorContext {
  /** The status line's; absent inside a stream. */
  readonly httpStatus?: number;
  /** Answer headers to hand on, `retry-after` and rate limits. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clean: Clean;
}

/**
 * `body` is the parsed answer or event that holds `error`. The status is `error.code ?? error.http_status ?? httpStatus`
 * (openrouter.md §6.1), since a 200 may carry an error.
 */
export function mapUpstreamError(body: JsonRecord, context: UpstreamErrorContext): OrcestatorError {
  const error = isRecord(body.error) ? body.error : { message: body.error };
  const status = statusOf(error) ?? context.httpStatus ?? 502;
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const { kind, code, remedy } = refine(status, error, metadata);
  const message = [describe(error, metadata, context.clean), remedy].filter(Boolean).join(' ');
  const advice = retryAdvice(status, error, context.headers?.['retry-after']);
  return new OrcestatorError(kind, message, {
    ...advice,
    ...(code === undefined ? {} : { code }),
    headers: { ...retryHeaders(advice), ...context.headers },
    cause: `upstream status ${status}`,
  });
}

function refine(status: number, error: JsonRecord, metadata: JsonRecord): Mapping {
  const errorType = metadata.error_type ?? error.error_type;
  if (errorType === 'context_length_exceeded') return { kind: 'context_overflow' };
  if (status === 429 && metadata.limit_source === 'openrouter_free_tier_daily')
    return { kind: 'quota_exceeded' };
  // A refused prompt is the client's affair, not the key's (moderation: metadata.reasons; guardrail: metadata.patterns).
  if (status === 403 && (Array.isArray(metadata.reasons) || Array.isArray(metadata.patterns)))
    return { kind: 'content_policy' };
  return byStatus[status] ?? { kind: status >= 400 && status < 500 ? 'invalid_request' : 'upstream_failed' };
}

/** `code` comes as a number, a numeric text or a word; newer errors have `http_status` instead. */
function statusOf(error: JsonRecord): number | undefined {
  for (const value of [error.code, error.http_status]) {
    const number = Number(value);
    if (value !== null && value !== '' && Number.isInteger(number) && number >= 400 && number <= 599)
      return number;
  }
  return undefined;
}

/** The upstream's text, with the provider and its own words where the message alone says nothing (pitfall 24). */
function describe(error: JsonRecord, metadata: JsonRecord, clean: Clean): string {
  const message =
    typeof error.message === 'string' && error.message.trim() !== ''
      ? error.message.trim()
      : 'The upstream reported an error';
  const provider = typeof metadata.provider_name === 'string' ? metadata.provider_name : '';
  const raw = rawText(metadata.raw);
  const details = [provider, raw].filter(Boolean).join(': ');
  const text = clean(details === '' ? message : `${message} (${details})`);
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

/** `metadata.raw` is a text, JSON inside a text, or an object (pitfall 46). */
function rawText(raw: unknown): string {
  const value = typeof raw === 'string' ? (parseJson(raw) ?? raw) : raw;
  if (typeof value === 'string') return value.trim();
  return readErrorMessage(value) ?? (isRecord(value) ? JSON.stringify(value) : '');
}

/** SDKs would repeat every 5xx and 429 twice by themselves; where that cannot help they are told so. */
function retryHeaders({ isRetryable, retryAfter }: RetryAdvice): Record<string, string> {
  if (!isRetryable) return { 'x-should-retry': 'false' };
  return retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter / 1_000)) };
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
