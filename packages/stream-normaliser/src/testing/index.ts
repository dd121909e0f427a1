/** Upstream streams for tests, in the shapes of OpenRouter's wire (openrouter.md §5, §6.6). */
import type { ChatCompletionChunk, JsonRecord } from '@orcestator/protocol';
import { StreamNormaliser, type StreamOutcome } from '../stream-normaliser';

export const COMMENT = ': OPENROUTER PROCESSING\n\n';
export const DONE = 'data: [DONE]\n\n';
export const USAGE = {
  prompt_tokens: 9,
  completion_tokens: 2,
  total_tokens: 11,
  cost: 0.00000255,
  is_byok: false,
};

const envelope = {
  id: 'gen-1790000000-Q1w2E3r4T5y6U7i8O9p0',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'openai/gpt-4o-mini',
  provider: 'OpenAI',
};

/** One `data:` event. */
export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A chunk with one choice, as OpenRouter writes it: role and content in every delta. */
export function chunk(delta: JsonRecord, choice: JsonRecord = {}, top: JsonRecord = {}): string {
  const base = {
    index: 0,
    delta: { content: '', role: 'assistant', ...delta },
    finish_reason: null,
    native_finish_reason: null,
  };
  return event({ ...envelope, choices: [{ ...base, ...choice }], ...top });
}

export function finish(reason: string | null, native: string | null = reason, top: JsonRecord = {}): string {
  return chunk({}, { finish_reason: reason, native_finish_reason: native }, top);
}

/** A fragment of a tool call. */
export function toolChunk(...calls: JsonRecord[]): string {
  return chunk({ content: null, tool_calls: calls });
}

/** A chunk without choices, such as usage in shape B or an error in shape M2. */
export function bare(top: JsonRecord): string {
  return event({ ...envelope, choices: [], ...top });
}

export interface NormalisedStream {
  readonly chunks: ChatCompletionChunk[];
  readonly outcome: StreamOutcome | undefined;
  readonly normaliser: StreamNormaliser;
}

export function createTestNormaliser(): StreamNormaliser {
  return new StreamNormaliser({
    model: 'orcestator',
    fallbackId: 'chatcmpl-made',
    created: 42,
    clean: (text) => text,
  });
}

/** The whole stream through a normaliser, cut where `cuts` says (offsets in bytes). */
export function normalise(stream: string | Uint8Array, cuts: readonly number[] = []): NormalisedStream {
  const bytes = typeof stream === 'string' ? Buffer.from(stream, 'utf8') : stream;
  const normaliser = createTestNormaliser();
  const borders = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const chunks: ChatCompletionChunk[] = [];
  borders.slice(1).forEach((end, at) => chunks.push(...normaliser.push(bytes.subarray(borders[at], end))));
  chunks.push(...normaliser.end());
  return { chunks, outcome: normaliser.outcome, normaliser };
}

/** The text of all content deltas. */
export function contentOf({ chunks }: NormalisedStream): string {
  return chunks.map((one) => one.choices[0]?.delta.content ?? '').join('');
}

/** The reasons of all finish chunks. */
export function finishesOf({ chunks }: NormalisedStream): unknown[] {
  return chunks
    .flatMap((one) => one.choices.map((choice) => choice.finish_reason))
    .filter((reason) => reason !== null);
}

/** Tool calls as VS Code assembles them: a new id opens a call, anything else belongs to the call opened last. */
export function toolCallsAsCopilot({
  chunks,
}: NormalisedStream): { id: string; name: string; arguments: string }[] {
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const delta of chunks.flatMap((one) => one.choices.map((choice) => choice.delta))) {
    for (const fragment of delta.tool_calls ?? []) {
      let last = calls[calls.length - 1];
      if (!last || (fragment.id !== undefined && fragment.id !== last.id)) {
        last = { id: fragment.id ?? 'undefined', name: '', arguments: '' };
        calls.push(last);
      }
      last.name += fragment.function?.name ?? fragment.custom?.name ?? '';
      last.arguments += fragment.function?.arguments ?? fragment.custom?.input ?? '';
    }
  }
  return calls;
}

/** The message of a failed outcome; empty for a sound one. */
export function failureOf({ outcome }: NormalisedStream): string {
  return outcome && !outcome.ok ? `${outcome.error.kind}: ${outcome.error.message}` : '';
}
