/** What OpenRouter refuses before any model is asked (openrouter.md §3.2, §6.2). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { PRICE } from '../answers/generation';
import { scenarioNames } from '../scenarios';
import type { ParsedModel } from '../scenario-id';
import type { Settings } from '../options';
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

const numeric = [
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'max_completion_tokens',
  'frequency_penalty',
  'presence_penalty',
  'seed',
];

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
  const wrong = numeric.find(
    (field) => body[field] !== undefined && body[field] !== null && typeof body[field] !== 'number',
  );
  if (wrong !== undefined)
    return refusal(400, `Invalid input: ${wrong}: expected number, received ${typeof body[wrong]}`);
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== 'boolean') {
    return refusal(400, 'Invalid input: stream: expected boolean');
  }
  if (body.tools !== undefined && body.tools !== null && !Array.isArray(body.tools))
    return refusal(400, 'Invalid input: tools: expected array');
  const unknown = isRecord(body.provider)
    ? Object.keys(body.provider).find((key) => !providerKeys.has(key))
    : undefined;
  return unknown === undefined
    ? undefined
    : refusal(400, `Unrecognized key(s) in object: '${unknown}' (provider)`);
}

/** 400 for slugs that do not exist: without an author, of the author `acme/nope`, or an unknown scenario. */
export function checkModel(id: string, { scenario }: ParsedModel): Refusal | undefined {
  const isKnown =
    scenario === undefined
      ? id.includes('/') && !id.startsWith('acme/nope')
      : scenarioNames.includes(scenario);
  return isKnown ? undefined : refusal(400, `${id} is not a valid model ID`);
}

/** 402 when the answer could cost more than is left. */
export function checkBalance(body: JsonRecord, settings: Settings): Refusal | undefined {
  const maxTokens = body.max_tokens ?? body.max_completion_tokens;
  if (settings.balance < 0)
    return refusal(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', {
      limit_source: 'openrouter_credits',
    });
  if (typeof maxTokens !== 'number' || maxTokens * PRICE.completion <= settings.balance) return undefined;
  const affordable = Math.floor(settings.balance / PRICE.completion);
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
