/** The scenarios that fail: before the first content, after it, or never ending. */
import type { BrokenCase } from './cases';

const WORDS = 'word0 word1 word2 ';
const QUICK = 'The quick brown ';
const broke = { kind: 'upstream_failed', says: 'Provider disconnected unexpectedly' } as const;
const lost = { kind: 'upstream_failed', says: 'Network connection lost' } as const;
const freeMinute = { kind: 'rate_limit', says: 'free-models-per-min' } as const;
const connection = { kind: 'upstream_failed', says: 'connection to the upstream broke' } as const;
const incomplete = { kind: 'upstream_failed', says: 'before it was complete' } as const;
const overloaded = { kind: 'overloaded', code: 'upstream_overloaded' } as const;

/** An HTTP status and a body. */
export const refusedCases: readonly BrokenCase[] = [
  { scenario: 'err-400', holds: 'pitfall 24: the cause', kind: 'invalid_request', says: 'too many images' },
  {
    scenario: 'err-400-context',
    holds: 'pitfall 32: the words of OpenRouter',
    kind: 'context_overflow',
    says: 'maximum context length is 131072 tokens',
  },
  { scenario: 'err-401', holds: 'our key', kind: 'upstream_key_rejected', says: 'OR_API_KEY' },
  {
    scenario: 'err-402',
    holds: 'pitfall 34: our credit',
    kind: 'upstream_credits',
    says: 'Insufficient credits',
  },
  {
    scenario: 'err-402-max-tokens',
    holds: 'pitfall 40: what can be afforded',
    kind: 'upstream_credits',
    says: 'fewer max_tokens',
  },
  { scenario: 'err-403-key', holds: "our key's limit", kind: 'upstream_forbidden', says: 'Key limit' },
  { scenario: 'err-403-moderation', holds: 'a flagged text', kind: 'content_policy', says: 'flagged' },
  {
    scenario: 'err-404-tools',
    holds: 'pitfall 32: no endpoint for tools',
    kind: 'model_not_found',
    says: 'No endpoints found that support tool use',
  },
  {
    scenario: 'err-404-privacy',
    holds: 'pitfall 32: no endpoint for this policy',
    kind: 'model_not_found',
    says: 'data policy',
  },
  { scenario: 'err-408', holds: 'a timeout upstream', kind: 'timeout', says: 'timed out' },
  { scenario: 'err-413', holds: 'too much', kind: 'too_large', says: 'Payload too large' },
  { scenario: 'err-422', holds: 'no sense', kind: 'invalid_request', says: 'Unprocessable' },
  {
    scenario: 'err-429-free-day',
    holds: 'pitfall 34: the daily limit',
    kind: 'quota_exceeded',
    says: 'free-models-per-day',
  },
  { scenario: 'err-429-free-min', holds: "the minute's limit", ...freeMinute },
  {
    scenario: 'err-429-upstream',
    holds: 'pitfall 46: raw as a text',
    kind: 'rate_limit',
    says: 'temporarily rate-limited upstream',
  },
  { scenario: 'err-429-capacity', holds: 'no code in it', kind: 'rate_limit', says: 'no capacity' },
  { scenario: 'err-500', holds: 'masked', kind: 'upstream_failed', says: 'Internal Server Error' },
  {
    scenario: 'err-502',
    holds: 'pitfall 24: the provider is named',
    kind: 'upstream_failed',
    says: 'AcmeCloud: upstream connect error',
  },
  { scenario: 'err-503', holds: 'overloaded', ...overloaded, says: 'No available model provider' },
  { scenario: 'err-504', holds: 'too slow', kind: 'timeout', says: 'took too long' },
  { scenario: 'err-529', holds: 'overloaded', ...overloaded, says: 'overloaded_error' },
  { scenario: 'err-524-html', holds: 'pitfall 14: a page of Cloudflare', kind: 'timeout', says: '524' },
  { scenario: 'html-200', holds: 'pitfall 14: a website', kind: 'upstream_failed', says: 'OR_BASE_URL' },
  { scenario: 'html-502', holds: 'pitfall 14: a page of Cloudflare', kind: 'upstream_failed', says: '502' },
  { scenario: 'mid-m2-first', holds: 'pitfall 15: an error in a 200', ...lost },
  { scenario: 'mid-m3-first', holds: 'pitfall 15: a bare error in a 200', ...freeMinute },
  { scenario: 'ns-pad-then-error', holds: 'pitfall 28: padding, then an error', ...lost },
  {
    scenario: 'ns-pad-only',
    holds: 'pitfall 28: nothing but padding',
    kind: 'upstream_failed',
    says: 'empty answer',
  },
  {
    scenario: 'ns-error-200',
    holds: 'pitfall 15: an error as the only event',
    kind: 'upstream_failed',
    says: 'AcmeCloud: upstream connect error',
  },
  {
    scenario: 'ns-choices-empty',
    holds: 'pitfall 43: empty choices are no answer',
    kind: 'upstream_failed',
    says: 'empty answer',
  },
  { scenario: 'reset-before-headers', holds: 'pitfall 18: no answer at all', ...connection },
  { scenario: 'reset-after-headers', holds: 'nothing but a head', ...connection },
];

/** Some content, then the failure. */
export const midStreamCases: readonly BrokenCase[] = [
  { scenario: 'mid-m1', holds: 'pitfall 16: an error beside a choice', ...broke, after: WORDS },
  { scenario: 'mid-m1s', holds: 'pitfall 23: a code that is a word', ...broke, after: WORDS },
  { scenario: 'mid-m2', holds: 'pitfall 16: an error beside empty choices', ...lost, after: WORDS },
  { scenario: 'mid-m3', holds: 'pitfall 23: a code that is a number', ...freeMinute, after: WORDS },
  {
    scenario: 'mid-m4',
    holds: 'pitfall 17: a broken call without an error',
    kind: 'upstream_failed',
    says: 'MALFORMED_FUNCTION_CALL',
    after: WORDS,
  },
  {
    scenario: 'mid-m5',
    holds: 'pitfall 16: an error beside usage',
    kind: 'invalid_request',
    says: 'Token limit reached',
    after: WORDS,
  },
  {
    scenario: 'mid-m6',
    holds: 'pitfall 17: stop that is none',
    kind: 'upstream_failed',
    says: 'network_error',
    after: WORDS,
  },
  { scenario: 'mid-m7', holds: 'pitfall 26: it simply ends', ...incomplete, after: WORDS },
  { scenario: 'ns-choice-error', holds: 'pitfall 15: an error in a choice', ...broke, after: WORDS },
  { scenario: 'reset-mid-event', holds: 'pitfall 27: cut inside an event', ...connection, after: QUICK },
  { scenario: 'fin-mid-stream', holds: 'pitfall 26: closed without an end', ...connection, after: QUICK },
  { scenario: 'eof-no-finish', holds: 'pitfall 42: [DONE] without finish', ...incomplete, after: QUICK },
  { scenario: 'tools-then-error', holds: 'pitfall 10: half a call', ...broke, after: '' },
];

/** They do not end by themselves: a timer of the worker's ends them. */
export const endlessCases: readonly BrokenCase[] = [
  {
    scenario: 'comments-forever',
    holds: 'pitfall 4: comments are no content',
    kind: 'timeout',
    says: 'OR_CONTENT_IDLE_TIMEOUT',
  },
  {
    scenario: 'stall-after',
    holds: 'pitfall 4: comments after content neither',
    kind: 'timeout',
    says: 'OR_CONTENT_IDLE_TIMEOUT',
    after: WORDS,
  },
  {
    scenario: 'stall-silent',
    holds: 'silence after content',
    kind: 'timeout',
    says: 'OR_BYTE_IDLE_TIMEOUT',
    after: WORDS,
  },
];
