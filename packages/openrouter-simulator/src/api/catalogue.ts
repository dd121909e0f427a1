/** `GET /models` and its kin (openrouter.md §1.2, §1.3). */
import type { JsonRecord } from '@orcestator/protocol';
import { priceOf } from './prices';

/** Tokens of the longest answer of any model here. */
export const LONGEST_ANSWER = 32_768;

const supported = [
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'tools',
  'tool_choice',
  'reasoning',
  'include_reasoning',
  'response_format',
  'structured_outputs',
];

/** Id → display name and context length. */
const models: readonly (readonly [string, string, number])[] = [
  ['openai/gpt-4o', 'OpenAI: GPT-4o', 128_000],
  ['openai/gpt-4o-mini', 'OpenAI: GPT-4o-mini', 128_000],
  ['openai/gpt-5.5', 'OpenAI: GPT-5.5', 400_000],
  ['anthropic/claude-sonnet-4.5', 'Anthropic: Claude Sonnet 4.5', 1_000_000],
  ['anthropic/claude-sonnet-4.6', 'Anthropic: Claude Sonnet 4.6', 1_000_000],
  ['google/gemini-3-pro', 'Google: Gemini 3 Pro', 1_048_576],
  ['acme/orca-1', 'Acme: Orca 1', 131_072],
  ['acme/orca-1:free', 'Acme: Orca 1 (free)', 131_072],
];

/** `0.00000015`, never `1.5e-7`. */
function decimal(value: number): string {
  return value.toFixed(12).replace(/\.?0+$/, '');
}

export function modelObject(id: string, name: string, contextLength: number): JsonRecord {
  const { prompt, completion } = priceOf(id);
  const price = { prompt: decimal(prompt), completion: decimal(completion) };
  return {
    id,
    canonical_slug: id.replace(/:free$/, ''),
    name,
    created: 1_775_001_600,
    description: 'A simulated model',
    context_length: contextLength,
    hugging_face_id: '',
    knowledge_cutoff: null,
    expiration_date: null,
    architecture: {
      modality: 'text+image->text',
      input_modalities: ['text', 'image'],
      output_modalities: ['text'],
      tokenizer: 'GPT',
      instruct_type: null,
    },
    pricing: { ...price, request: '0', image: '0', web_search: '0', internal_reasoning: '0' },
    top_provider: {
      context_length: contextLength,
      max_completion_tokens: LONGEST_ANSWER,
      is_moderated: false,
    },
    per_request_limits: null,
    supported_parameters: supported,
    default_parameters: { temperature: null, top_p: null, frequency_penalty: null },
    supported_voices: null,
    links: { details: `/api/v1/models/${id}/endpoints` },
  };
}

/** OpenRouter's envelope: not OpenAI's list. */
export function modelList(): JsonRecord {
  return {
    data: models.map((model) => modelObject(...model)),
    total_count: models.length,
    links: { next: null },
  };
}

export function keyInfo(balance: number): JsonRecord {
  const usage = { usage: 8.75, usage_daily: 0.5, usage_weekly: 2.1, usage_monthly: 8.75 };
  const byok = { byok_usage: 0, byok_usage_daily: 0, byok_usage_weekly: 0, byok_usage_monthly: 0 };
  return {
    data: {
      label: 'sk-or-v1-sim...ulator',
      limit: 50,
      limit_reset: 'monthly',
      limit_remaining: balance,
      include_byok_in_limit: false,
      ...usage,
      ...byok,
      is_free_tier: false,
      is_management_key: false,
      is_provisioning_key: false,
      creator_user_id: 'user_SIM',
      expires_at: null,
      rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
    },
  };
}

export function providerList(): JsonRecord {
  const names = ['OpenAI', 'Anthropic', 'Google', 'AcmeCloud'];
  const rest = {
    privacy_policy_url: null,
    terms_of_service_url: null,
    status_page_url: null,
    headquarters: null,
    datacenters: [],
  };
  return { data: names.map((name) => ({ name, slug: name.toLowerCase(), ...rest })) };
}
