/** FastChat's generation parameters → an OpenAI chat request. */
import {
  isRecord,
  isStringArray,
  ORCESTATOR_MODEL,
  OrcestatorError,
  type GenerateParams,
  type JsonRecord,
} from '@orcestator/protocol';
import type { ModelFacts } from '../kinds/worker-kind';
import { parsePrompt, type Turn } from './parse-prompt';

/** Checks what cannot be done without; throws `invalid_request`. A missing model is the worker's own. */
export function readGenerateParams(value: unknown): GenerateParams {
  if (!isRecord(value)) throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
  if (typeof value.prompt !== 'string') {
    throw new OrcestatorError('invalid_request', '"prompt" must be a text.', { param: 'prompt' });
  }
  return { ...value, model: modelOf(value), prompt: value.prompt };
}

export function modelOf(value: JsonRecord): string {
  return typeof value.model === 'string' && value.model !== '' ? value.model : ORCESTATOR_MODEL;
}

/** The conversation in the prompt, or the whole prompt as one user message: chat models take nothing else. */
export function toMessages(prompt: string): Turn[] {
  return parsePrompt(prompt) ?? [{ role: 'user', content: prompt }];
}

export interface PromptFacts extends ModelFacts {
  readonly promptTokens: number;
}

/** Throws `invalid_request` for a conversation without a word. Parameters that OpenRouter has; those at their neutral value stay out, for some models refuse them at any value. */
export function toChatBody(params: GenerateParams, facts: PromptFacts): JsonRecord {
  const { logprobs } = params;
  const messages = toMessages(params.prompt);
  if (messages.length === 0)
    throw new OrcestatorError('invalid_request', 'The conversation has no messages.', { param: 'messages' });
  return {
    model: params.model,
    messages,
    ...given('temperature', params.temperature),
    ...given('top_p', params.top_p, 1),
    ...given('top_k', params.top_k, -1, 0),
    ...given('presence_penalty', params.presence_penalty, 0),
    ...given('frequency_penalty', params.frequency_penalty, 0),
    ...given('repetition_penalty', params.repetition_penalty, 1),
    ...given('max_tokens', maxTokens(params, facts)),
    ...stopOf(params.stop),
    ...(typeof logprobs === 'number' ? { logprobs: true, ...given('top_logprobs', logprobs, 0) } : {}),
  };
}

function given(name: string, value: unknown, ...neutral: readonly number[]): JsonRecord {
  return typeof value === 'number' && !neutral.includes(value) ? { [name]: value } : {};
}

function stopOf(stop: unknown): JsonRecord {
  const texts = typeof stop === 'string' ? [stop] : isStringArray(stop) ? stop : [];
  const some = texts.filter((text) => text !== '');
  return some.length > 0 ? { stop: some } : {};
}

/**
 * Where the client set no limit FastChat writes all that is left of the context (openai_api_server.py `check_length`).
 * OpenRouter skips every provider whose answers are shorter (openrouter.md §3.2): such a limit is none.
 */
function maxTokens({ max_new_tokens: wanted }: GenerateParams, facts: PromptFacts): number | undefined {
  if (typeof wanted !== 'number' || wanted <= 0) return undefined;
  const longest = Math.min(
    facts.maxCompletionTokens ?? Infinity,
    facts.contextLength - facts.promptTokens - 1,
  );
  return wanted > longest ? undefined : wanted;
}
