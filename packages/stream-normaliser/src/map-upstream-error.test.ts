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
