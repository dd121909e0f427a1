/** Upstream's errors in every shape become ours, with the cause told and the key's troubles kept from the client. */
import { createClean, mapUpstreamError, UPSTREAM_TEXT_LIMIT } from './map-upstream-error';

const clean = createClean((text) => text.replaceAll('sk-or-v1-abc', '[hidden]'));
const map = (error: object | string, httpStatus?: number) =>
  mapUpstreamError({ error }, { clean, ...(httpStatus ? { httpStatus } : {}) });

it.each([
  [400, 'invalid_request', 400],
  [401, 'upstream_key_rejected', 502],
  [402, 'upstream_credits', 502],
  [403, 'upstream_forbidden', 502],
  [404, 'model_not_found', 404],
  [408, 'timeout', 504],
  [413, 'too_large', 413],
  [422, 'invalid_request', 400],
  [429, 'rate_limit', 429],
  [500, 'upstream_failed', 502],
  [502, 'upstream_failed', 502],
  [503, 'overloaded', 503],
  [504, 'timeout', 504],
  [524, 'timeout', 504],
  [529, 'overloaded', 503],
])('upstream status %i is %s, answered as %i', (code, kind, status) => {
  expect(map({ code, message: 'x' })).toMatchObject({ kind, status });
});

it('pitfall 23: the status is read from a number, a numeric text, http_status or the status line', () => {
  expect(map({ code: '429', message: 'x' }).kind).toBe('rate_limit');
  expect(map({ http_status: 429, message: 'x' }, 200).kind).toBe('rate_limit');
  expect(map({ code: 'server_error', message: 'x' }, 503).kind).toBe('overloaded');
  expect(map({ message: 'x' }).kind).toBe('upstream_failed');
});

it('pitfall 24: the provider and its own words are in the message', () => {
  const raw = 'acme/orca-1:free is temporarily rate-limited upstream. Please retry shortly';
  expect(
    map({ code: 429, message: 'Provider returned error', metadata: { raw, provider_name: 'AcmeCloud' } })
      .message,
  ).toBe(`Provider returned error (AcmeCloud: ${raw})`);
});

it('pitfall 46: metadata.raw may be JSON in a text, or an object', () => {
  const inner = { error: { message: 'messages: too many images' } };
  for (const raw of [JSON.stringify(inner), inner]) {
    expect(map({ code: 400, message: 'Provider returned error', metadata: { raw } }).message).toContain(
      '(messages: too many images)',
    );
  }
});

it('a key in an upstream text is hidden, control characters go, long texts are cut', () => {
  const { message } = map({ code: 400, message: `bad sk-or-v1-abc \u001b[31mred\n${'x'.repeat(2_000)}` });
  expect(message).toContain('bad [hidden]');
  expect(message).not.toMatch(/[\u0000-\u001f]/);
  expect(message.length).toBeLessThan(UPSTREAM_TEXT_LIMIT + 10);
});

it('401, 402 and 403 say what to do about the key of the gateway', () => {
  expect(map({ code: 401, message: 'User not found.' }).message).toContain('OR_API_KEY');
  expect(map({ code: 402, message: 'Insufficient credits' }).message).toContain('settings/credits');
  expect(map({ code: 403, message: 'Key limit exceeded' }).message).toContain('OR_API_KEY');
});

it("a moderated prompt is the client's affair, not the key's", () => {
  expect(map({ code: 403, message: 'flagged', metadata: { reasons: ['violence'] } }).kind).toBe(
    'content_policy',
  );
});

it('a prompt that is too long is told by its type', () => {
  expect(
    map({
      code: 400,
      message: 'maximum context length',
      metadata: { error_type: 'context_length_exceeded' },
    }),
  ).toMatchObject({
    kind: 'context_overflow',
    code: 'context_length_exceeded',
  });
});

it.each([
  [
    400,
    "This endpoint's maximum context length is 128000 tokens. However, you requested about 130000 tokens",
  ],
  [400, 'the request exceeds the available context size'],
  [413, 'maximum context length is 8192 tokens'],
])('a prompt that is too long is told by the words, status %i: %s', (code, message) => {
  expect(map({ code, message }).kind).toBe('context_overflow');
  expect(map({ code: 502, message }).kind).toBe('upstream_failed');
});

it.each([
  [{ code: 'rate_limit_exceeded' }, 'rate_limit', true],
  [{ metadata: { error_type: 'rate_limit_exceeded' } }, 'rate_limit', true],
  [{ error_type: 'provider_overloaded' }, 'overloaded', true],
  [{ type: 'overloaded_error' }, 'overloaded', true],
  [{ status: 'RESOURCE_EXHAUSTED' }, 'rate_limit', true],
  [{ metadata: { error_type: 'authentication' } }, 'upstream_key_rejected', false],
  [{ error_type: 'invalid_request' }, 'invalid_request', false],
  [{ code: 'context_length_exceeded' }, 'context_overflow', false],
  [{ code: 'constructor' }, 'upstream_failed', true],
])('pitfall 23: %j inside a stream, where only words tell the status', (fields, kind, isRetryable) => {
  expect(map({ message: 'x', ...fields })).toMatchObject({ kind, isRetryable });
});

it("pitfall 34: the daily limit is told by OpenRouter's words too, and is not asked again", () => {
  const message =
    'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests';
  expect(map({ code: 429, message })).toMatchObject({ kind: 'quota_exceeded', isRetryable: false });
});

it("pitfall 46: Google's list of one error is read", () => {
  const raw = JSON.stringify([{ error: { message: 'Quota exceeded for metric' } }]);
  expect(map({ code: 429, message: 'Provider returned error', metadata: { raw } }).message).toContain(
    '(Quota exceeded for metric)',
  );
});

describe('when to ask again', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const hints = (headers: Record<string, string>, error: object = {}) =>
    mapUpstreamError({ error: { code: 429, message: 'x', ...error } }, { clean, headers, now });

  it.each([
    ['seconds', { 'retry-after': '3' }, 3],
    ['part of a second', { 'retry-after': '0.4' }, 0.4],
    ['a date (RFC 9110 §10.2.3)', { 'retry-after': 'Thu, 26 Nov 2026 12:00:04 GMT' }, 4],
    ['a date that has passed', { 'retry-after': 'Thu, 26 Nov 2026 11:00:00 GMT' }, 0],
    ['the reset of the limit', { 'x-ratelimit-reset': String(now + 2_500) }, 3],
  ])('%s', (_name, headers, seconds) => {
    const error = hints(headers);
    expect([error.retryAfter, error.headers['retry-after']]).toEqual([
      seconds * 1_000,
      String(Math.ceil(seconds)),
    ]);
  });

  it.each(['-1', 'abc', 'Infinity', 'NaN', ''])('%j is no hint and is not handed on', (value) => {
    const error = hints({ 'retry-after': value });
    expect([error.retryAfter, error.headers]).toEqual([undefined, {}]);
  });

  it('the limits are handed on, from inside a stream too (openrouter.md §6.3)', () => {
    const reset = String(now + 60_000);
    const inside = { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': 0, 'X-RateLimit-Reset': reset };
    expect(hints({}, { metadata: { headers: inside } }).headers).toEqual({
      'retry-after': '60',
      'x-ratelimit-limit': '20',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': reset,
    });
    expect(hints({ 'x-ratelimit-limit': 'a\nb' }).headers).toEqual({});
  });
});

it("the time to wait is handed on: from availability, or the answer's headers", () => {
  expect(
    map({ code: 429, message: 'x', availability: { retryable: true, retry_after: 1.5 } }).headers,
  ).toEqual({ 'retry-after': '2' });
  const headers = { 'retry-after': '7', 'x-ratelimit-limit': '20' };
  expect(mapUpstreamError({ error: { code: 429 } }, { clean, headers }).headers).toEqual(headers);
});

it('an error that is a mere text, or says nothing, still has a message', () => {
  expect(map('it broke').message).toBe('it broke.');
  expect(map({ code: 500, message: '' }).message).toBe('The upstream reported an error.');
});
