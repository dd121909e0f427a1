/** Whether a failed upstream request may be asked again, and when (openrouter.md §6.3, §6.4, §9; pitfalls 34, 35). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

export interface RetryAdvice {
  readonly isRetryable: boolean;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

/** When the answer came, and its head. */
export interface AnswerFacts {
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; without it a point in time is no hint. */
  readonly now?: number;
}

/** Statuses that may pass by themselves. 401, 402, 403, 404, 413 and 422 never do. */
const passingStatuses = new Set([408, 429, 500, 502, 503, 504, 524, 529]);
const LIMIT_HEADERS = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** `error` is the upstream's error object. */
export function retryAdvice(status: number, error: JsonRecord, answer: AnswerFacts): RetryAdvice {
  const availability = isRecord(error.availability) ? error.availability : {};
  const isRetryable =
    typeof availability.retryable === 'boolean'
      ? availability.retryable
      : passingStatuses.has(status) && !isDailyLimit(error);
  const header = answer.headers?.['retry-after'];
  const seconds =
    secondsOf(availability.retry_after) ??
    secondsOf(header) ??
    secondsUntil(dateOf(header), answer.now) ??
    (status === 429 ? secondsUntil(resetOf(error, answer), answer.now) : undefined);
  return { isRetryable, ...(seconds === undefined ? {} : { retryAfter: seconds * 1_000 }) };
}

/** The free tier's limit of a day: waiting a little does not help (pitfall 34). */
export function isDailyLimit(error: JsonRecord): boolean {
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  return metadata.limit_source === 'openrouter_free_tier_daily' || /per-day/.test(String(error.message));
}

/** The rate limits that a client may see; inside a 200 they come in `metadata.headers` (openrouter.md §6.3). */
export function limitHeaders(error: JsonRecord, { headers = {} }: AnswerFacts): Record<string, string> {
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const inside = isRecord(metadata.headers) ? metadata.headers : {};
  const told = Object.entries(inside).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const all = { ...Object.fromEntries(told), ...headers };
  return Object.fromEntries(
    LIMIT_HEADERS.flatMap((name) => {
      const value = all[name];
      return value !== undefined && /^[\x21-\x7e]{1,64}$/.test(value) ? [[name, value]] : [];
    }),
  );
}

/** RFC 9110 §5.6.7; `Date.parse` alone takes any number for a year. */
function dateOf(header: string | undefined): number {
  return header !== undefined && /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : NaN;
}

/** OpenRouter's is in milliseconds since 1970; others write seconds from now, which is no point in time. */
function resetOf(error: JsonRecord, answer: AnswerFacts): number {
  const reset = Number(limitHeaders(error, answer)['x-ratelimit-reset']);
  return reset > 1e12 ? reset : NaN;
}

function secondsUntil(time: number, now: number | undefined): number | undefined {
  const seconds = now === undefined ? NaN : Math.ceil((time - now) / 1_000);
  return Number.isFinite(seconds) ? Math.max(seconds, 0) : undefined;
}

function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
