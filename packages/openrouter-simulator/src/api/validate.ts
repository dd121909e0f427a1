/** What OpenRouter refuses before any model is asked (openrouter.md §3.2, §6.2). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import type { Price } from '../answers/generation';
import { scenarioNames } from '../scenarios';
import { parseModel } from '../scenario-id';
import type { Settings } from '../options';
import { LONGEST_ANSWER } from './catalogue';
import { fieldTypes } from './field-types';
import type { FreeTier } from './free-tier';

export interface Refusal {
  readonly status: number;
  readonly body: JsonRecord;
  readonly headers?: Record<string, string>;
}

const refusal = (status: number, message: string, metadata?: JsonRecord): Refusal => ({
  status,
  body: { error: { message, code: status, ...(metadata ? { metadata } : {}) } },
});

/** 401 as the real service words it: no key, or one it does not know. */
export function checkKey(authorization: string | undefined, settings: Settings): Refusal | undefined {
  const key = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return refusal(401, 'No cookie auth credentials found');
  return settings.apiKeys && !settings.apiKeys.includes(key) ? refusal(401, 'User not found.') : undefined;
}

/** The object is closed (`additionalProperties: false`): a misspelt key is refused. */
const providerKeys = new Set([
  'order',
  'only',
  'ignore',
  'allow_fallbacks',
  'require_parameters',
  'data_collection',
  'zdr',
  'enforce_distillable_text',
  'quantizations',
  'sort',
  'preferred_min_throughput',
  'preferred_max_latency',
  'max_price',
]);

/** 400 for wrong types; unknown keys at the top are ignored, as the real service seems to do. */
export function checkTypes(body: unknown): Refusal | undefined {
  if (!isRecord(body)) return refusal(400, 'Input required: expected a JSON object');
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return refusal(400, 'Input required: specify "prompt" or "messages"');
  const message = body.messages.findIndex(
    (item: unknown) => !isRecord(item) || typeof item.role !== 'string',
  );
  if (message >= 0) return refusal(400, `Invalid input: messages.${message}: expected an object with a role`);
  for (const [field, { type, accepts }] of Object.entries(fieldTypes)) {
    const value = body[field];
    if (value === undefined || value === null || accepts(value)) continue;
    return refusal(400, `Invalid input: ${field}: expected ${type}, received ${typeof value}`);
  }
  const unknown = isRecord(body.provider)
    ? Object.keys(body.provider).find((key) => !providerKeys.has(key))
    : undefined;
  return unknown === undefined
    ? undefined
    : refusal(400, `Unrecognized key(s) in object: '${unknown}' (provider)`);
}

/** 400 for slugs that do not exist, in the form of §6.4: no `code`, but `http_status` and `availability`. */
export function checkModel(id: string): Refusal | undefined {
  const { model, scenario, isWellFormed } = parseModel(id);
  const isKnown =
    scenario === undefined
      ? /.\/./.test(model) && !/^acme\/nope(:|$)/.test(model)
      : scenarioNames.includes(scenario);
  if (isKnown && isWellFormed) return undefined;
  const error = {
    message: `${id} is not a valid model ID`,
    error_type: 'invalid_request',
    http_status: 400,
    availability: {
      code: 'model_not_found',
      retryable: false,
      requested_models: [id],
      docs_url: 'https://openrouter.ai/docs/errors#model_not_found',
    },
  };
  return { status: 400, body: { error } };
}

/** 402 when the answer could cost more than is left; without `max_tokens` the longest answer counts (pitfall 40). */
export function checkBalance(body: JsonRecord, price: Price, settings: Settings): Refusal | undefined {
  const maxTokens = body.max_tokens ?? body.max_completion_tokens ?? LONGEST_ANSWER;
  if (settings.balance < 0)
    return refusal(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', {
      limit_source: 'openrouter_credits',
      remedy_hint: 'Add credits',
    });
  if (typeof maxTokens !== 'number' || maxTokens * price.completion <= settings.balance) return undefined;
  const affordable = Math.floor(settings.balance / price.completion);
  return refusal(
    402,
    `This request requires more credits, or fewer max_tokens. You requested up to ${maxTokens} tokens, but can only afford ${affordable}. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account`,
  );
}

/** 429 for free models asked too often; the account counts, not the key. */
export function checkFreeTier(id: string, freeTier: FreeTier): Refusal | undefined {
  const exceeded = id.includes(':free') ? freeTier.take() : undefined;
  if (!exceeded) return undefined;
  const headers = {
    'X-RateLimit-Limit': String(exceeded.limit),
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(exceeded.resetAt),
  };
  const remedy = exceeded.period === 'day' ? 'Add 10 credits to unlock 1000 free model requests per day' : '';
  const metadata = {
    headers,
    provider_name: null,
    ...(exceeded.period === 'day' ? { limit_source: 'openrouter_free_tier_daily' } : {}),
  };
  return {
    ...refusal(429, `Rate limit exceeded: free-models-per-${exceeded.period}. ${remedy}`, metadata),
    headers,
  };
}
