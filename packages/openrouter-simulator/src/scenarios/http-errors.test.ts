/** Errors before the stream, as the client gets them (openrouter.md §6.2–§6.4). */
import { ask, askWhole, useSimulator } from '../testing/client';
import { scenarioNames } from '.';

const stage = useSimulator();
const asked = async (name: string) => {
  const { status, headers, text } = await ask(stage.running, `sim/err-${name}`);
  return { status, headers, text };
};

it.each([
  ['400', 400, 'Provider returned error'],
  ['400-context', 400, "This endpoint's maximum context length is"],
  ['401', 401, 'User not found.'],
  ['402', 402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits'],
  ['402-max-tokens', 402, 'You requested up to 65536 tokens, but can only afford 14114.'],
  ['403-key', 403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys'],
  ['403-moderation', 403, 'flagged'],
  ['404-tools', 404, 'No endpoints found that support tool use. Try disabling \\"question\\".'],
  ['404-privacy', 404, 'No endpoints available matching your guardrail restrictions and data policy.'],
  ['408', 408, 'Request timed out'],
  ['413', 413, 'Payload too large'],
  ['422', 422, 'Unprocessable'],
  [
    '429-free-day',
    429,
    'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
  ],
  ['429-free-min', 429, 'Rate limit exceeded: free-models-per-min. "'],
  ['429-upstream', 429, 'temporarily rate-limited upstream'],
  ['429-capacity', 429, '"availability":{"code":"capacity_exhausted","retryable":true,"retry_after":2'],
  ['500', 500, '{"error":{"message":"Internal Server Error","code":500}}'],
  ['502', 502, 'Provider returned error'],
  ['503', 503, 'provider_overloaded'],
  ['504', 504, '"error_type":"timeout"'],
  ['529', 529, 'Provider returned error'],
])('err-%s', async (name, status, words) => {
  const answer = await asked(name);
  expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json']);
  expect(answer.text).toContain(words);
  const { error } = JSON.parse(answer.text) as { error: { code?: number; http_status?: number } };
  expect(error.code ?? error.http_status).toBe(status);
  expect(stage.running.simulator.requests.at(-1)?.outcome).toBe('error');
});

it('every err- scenario of the table is held by a test', () => {
  expect(scenarioNames.filter((name) => name.startsWith('err-'))).toHaveLength(22);
});

it('err-429-upstream is the sample of the sheet, byte for byte, without rate headers', async () => {
  const { text, headers } = await asked('429-upstream');
  expect(text).toBe(
    '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"acme/orca-1:free is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations","provider_name":"AcmeCloud","is_byok":false,"limit_source":"upstream_provider_shared_pool","remedy_hint":"Retry shortly, add your own provider key, or route to another provider"}},"user_id":"user_SIM"}',
  );
  expect([headers['retry-after'], headers['x-ratelimit-reset']]).toEqual([undefined, undefined]);
});

it.each([
  ['429-free-day', '50', 'openrouter_free_tier_daily'],
  ['429-free-min', '20', undefined],
])('err-%s says its limit in the headers and in the body (pitfall 34)', async (name, limit, source) => {
  const { text, headers } = await asked(name);
  const { error } = JSON.parse(text) as { error: { metadata: { headers: object; limit_source?: string } } };
  expect(headers).toMatchObject({ 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': '0' });
  expect(error.metadata.headers).toMatchObject({ 'X-RateLimit-Limit': limit, 'X-RateLimit-Remaining': '0' });
  expect(error.metadata.limit_source).toBe(source);
});

it.each([
  ['429-capacity', '2'],
  ['503', '1'],
])('err-%s says when to come again', async (name, seconds) => {
  expect((await asked(name)).headers['retry-after']).toBe(seconds);
});

it('err-400 nests its cause as JSON in a text (pitfalls 24, 46)', async () => {
  const { error } = JSON.parse((await asked('400')).text) as { error: { metadata: { raw: string } } };
  expect(JSON.parse(error.metadata.raw)).toMatchObject({ error: { type: 'invalid_request_error' } });
});

it('err-524-html is a page of Cloudflare (pitfall 14)', async () => {
  const { status, headers, text } = await asked('524-html');
  expect([status, headers['content-type']]).toEqual([524, 'text/html; charset=utf-8']);
  expect(text).toMatch(/^<!DOCTYPE html>[\s\S]*524: A timeout occurred/);
});

it('the same errors answer a request without a stream', async () => {
  expect((await askWhole(stage.running, 'sim/err-502')).status).toBe(502);
});
