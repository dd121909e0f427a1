/** Whether a failed upstream request may be asked again, and when (openrouter.md §6.3, §6.4, §9; pitfalls 34, 35). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

export interface RetryAdvice {
  readonly isRetryable: boolean;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

/** Statuses that may pass by themselves. 401, 402, 403, 404, 413 and 422 never do. */
const passingStatuses = new Set([408, 429, 500, 502, 503, 504, 524, 529]);

/** `error` is the upstream's error object; `retryAfterHeader` the answer's `retry-after`. */
export function retryAdvice(
  status: number,
  error: JsonRecord,
  retryAfterHeader: string | undefined,
): RetryAdvice {
  const availability = isRecord(error.availability) ? error.availability : {};
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const isDaily =
    metadata.limit_source === 'openrouter_free_tier_daily' || /per-day/.test(String(error.message));
  const isRetryable =
    typeof availability.retryable === 'boolean'
      ? availability.retryable
      : passingStatuses.has(status) && !isDaily;
  const seconds = secondsOf(availability.retry_after) ?? secondsOf(retryAfterHeader);
  return { isRetryable, ...(seconds === undefined ? {} : { retryAfter: seconds * 1_000 }) };
}

/** RFC 9110 §10.2.3 allows a date too; OpenRouter sends seconds, and a date is as good as none here. */
function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
