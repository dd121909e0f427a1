/** Errors before the stream: statuses, bodies and headers as OpenRouter sends them (openrouter.md §6.2–§6.4). */
import type { JsonRecord } from '@orcestator/protocol';
import { scenario, type ScenarioTable } from './scenario';

interface HttpErrorShape {
  readonly status: number;
  readonly body: JsonRecord;
  readonly headers?: Record<string, string>;
}

const error = (code: number, message: string, metadata?: JsonRecord): JsonRecord => ({
  error: { message, code, ...(metadata ? { metadata } : {}) },
  user_id: 'user_SIM',
});

const providerError = (code: number, raw: string, more: JsonRecord = {}): JsonRecord =>
  error(code, 'Provider returned error', { raw, provider_name: 'AcmeCloud', is_byok: false, ...more });

const rateHeaders = (limit: string) => ({
  'X-RateLimit-Limit': limit,
  'X-RateLimit-Remaining': '0',
  'X-RateLimit-Reset': '1790000060000',
});

const shape = (status: number, body: JsonRecord, headers?: Record<string, string>): HttpErrorShape => ({
  status,
  body,
  ...(headers ? { headers } : {}),
});

const CONTEXT =
  "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens (195904 of text input, 0 of tool input, 4096 in the output). Please reduce the length of either one, or use the context-compression plugin to compress your prompt automatically.";

export const httpErrors: Readonly<Record<string, HttpErrorShape>> = {
  '400': shape(
    400,
    providerError(400, '{"error":{"message":"messages: too many images","type":"invalid_request_error"}}'),
  ),
  '400-context': shape(400, error(400, CONTEXT, { error_type: 'context_length_exceeded' })),
  '401': shape(401, { error: { message: 'User not found.', code: 401 } }),
  '402': shape(
    402,
    error(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', {
      limit_source: 'openrouter_credits',
      remedy_hint: 'Add credits',
    }),
  ),
  '402-max-tokens': shape(
    402,
    error(
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 14114. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
    ),
  ),
  '403-key': shape(
    403,
    error(403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys'),
  ),
  '403-moderation': shape(
    403,
    error(403, 'Your chosen model requires moderation and your input was flagged for "violence"', {
      reasons: ['violence'],
      flagged_input: 'hit',
      provider_name: 'AcmeCloud',
      model_slug: 'acme/orca-1',
    }),
  ),
  '404-tools': shape(
    404,
    error(
      404,
      'No endpoints found that support tool use. Try disabling "question". To learn more about provider routing, visit: https://openrouter.ai/docs/guides/routing/provider-selection',
    ),
  ),
  '404-privacy': shape(
    404,
    error(
      404,
      'No endpoints available matching your guardrail restrictions and data policy. Configure: https://openrouter.ai/settings/privacy',
    ),
  ),
  '408': shape(408, error(408, 'Request timed out')),
  '413': shape(413, error(413, 'Payload too large')),
  '422': shape(422, error(422, 'Unprocessable entity')),
  '429-free-day': shape(
    429,
    error(
      429,
      'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
      { headers: rateHeaders('50'), provider_name: null, limit_source: 'openrouter_free_tier_daily' },
    ),
    rateHeaders('50'),
  ),
  '429-free-min': shape(
    429,
    error(429, 'Rate limit exceeded: free-models-per-min. ', {
      headers: rateHeaders('20'),
      provider_name: null,
    }),
    rateHeaders('20'),
  ),
  '429-upstream': shape(
    429,
    providerError(
      429,
      'acme/orca-1:free is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations',
      {
        limit_source: 'upstream_provider_shared_pool',
        remedy_hint: 'Retry shortly, add your own provider key, or route to another provider',
      },
    ),
  ),
  '429-capacity': shape(
    429,
    {
      error: {
        message: 'acme/orca-1 has no capacity at the moment',
        error_type: 'rate_limit_exceeded',
        http_status: 429,
        availability: {
          code: 'capacity_exhausted',
          retryable: true,
          retry_after: 2,
          requested_models: ['acme/orca-1'],
          fallback_models: ['acme/orca-2'],
          docs_url: 'https://openrouter.ai/docs/errors#capacity_exhausted',
        },
      },
    },
    { 'Retry-After': '2' },
  ),
  '500': shape(500, { error: { message: 'Internal Server Error', code: 500 } }),
  '502': shape(502, providerError(502, 'upstream connect error', { error_type: 'provider_unavailable' })),
  '503': shape(
    503,
    error(503, 'No available model provider meets your routing requirements', {
      error_type: 'provider_overloaded',
    }),
    { 'Retry-After': '1' },
  ),
  '504': shape(504, error(504, 'The provider took too long to respond', { error_type: 'timeout' })),
  '529': shape(529, providerError(529, 'overloaded_error', { error_type: 'provider_overloaded' })),
};

const EDGE_PAGE =
  '<!DOCTYPE html>\n<html><head><title>openrouter.ai | 524: A timeout occurred</title></head><body>cloudflare</body></html>\n';

export const httpErrorScenarios: ScenarioTable = {
  ...Object.fromEntries(
    Object.entries(httpErrors).map(([name, { status, body, headers }]) => [
      `err-${name}`,
      scenario(`ответ ${status} до начала потока`, (exchange) => exchange.reply.json(status, body, headers)),
    ]),
  ),
  'err-524-html': scenario('страница Cloudflare со статусом 524', (exchange) =>
    exchange.reply.body(524, 'text/html; charset=utf-8', EDGE_PAGE),
  ),
};
