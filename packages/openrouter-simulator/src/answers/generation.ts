/** One generation and its chunks, byte for byte as OpenRouter writes them (openrouter.md §5.2–§5.5). */
import type { JsonRecord } from '@orcestator/protocol';

export interface Generation {
  /** `gen-<unix seconds>-<20 alphanumerics>`. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  /** The model that answers. */
  readonly model: string;
  readonly provider: string;
  readonly price: Price;
}

/** USD per token. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function makeGenerationId(created: number, random: () => number): string {
  const letters = Array.from(
    { length: 20 },
    () => ALPHANUMERICS[Math.floor(random() * ALPHANUMERICS.length)],
  );
  return `gen-${created}-${letters.join('')}`;
}

/** The JSON text of a chunk; `top` goes before `choices`, `tail` after it, as on the wire. */
export function chunkJson(
  { id, created, model, provider }: Generation,
  choices: readonly JsonRecord[],
  { top = {}, tail = {} }: { top?: JsonRecord; tail?: JsonRecord } = {},
): string {
  return JSON.stringify({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    provider,
    ...top,
    choices,
    ...tail,
  });
}

/** A choice with the role and the content that every delta repeats. */
export function choice(
  delta: JsonRecord,
  finish: string | null = null,
  native: string | null = finish,
): JsonRecord {
  return {
    index: 0,
    delta: { content: '', role: 'assistant', ...delta },
    finish_reason: finish,
    native_finish_reason: native,
  };
}

/** The constant text around a token's content, so that a token costs one concatenation. */
export function textChunkFrame(generation: Generation): { before: string; after: string } {
  const marker = '\u0001';
  const [before = '', after = ''] = chunkJson(generation, [choice({ content: marker })]).split(
    JSON.stringify(marker),
  );
  return { before, after };
}

/** A fragment of a tool call. */
export function toolChoice(...calls: JsonRecord[]): JsonRecord {
  return choice({ content: null, tool_calls: calls });
}

/** The whole usage object, cost computed from the price. */
export function usageOf(
  price: Price,
  promptTokens: number,
  completionTokens: number,
  reasoningTokens = 0,
): JsonRecord & { cost: number } {
  const round = (value: number): number => Number(value.toFixed(10));
  const promptCost = round(promptTokens * price.prompt);
  const completionCost = round(completionTokens * price.completion);
  const cost = round(promptCost + completionCost);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
    cost_details: {
      upstream_inference_cost: cost,
      upstream_inference_prompt_cost: promptCost,
      upstream_inference_completions_cost: completionCost,
    },
    completion_tokens_details: { reasoning_tokens: reasoningTokens, image_tokens: 0, audio_tokens: 0 },
  };
}

/** Roughly what a tokenizer counts. */
export function countTokens(text: string | { length: number }): number {
  return Math.max(1, Math.ceil(text.length / 4));
}
