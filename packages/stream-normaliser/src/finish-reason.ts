/** Upstream's words for the end of a choice → OpenAI's, and the ends that are failures in disguise. */
import type { FinishReason } from '@orcestator/protocol';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  completed: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'function_call',
  content_filter: 'content_filter',
  safety: 'content_filter',
};

/** Native reasons that mean a broken answer whatever `finish_reason` says (pitfall 17, shapes M4 and M6). */
const brokenNativeReasons = new Set(['network_error', 'error', 'malformed_function_call']);

/**
 * The reason a client is told, `undefined` while there is none (`null` and `""`, pitfall 44). An unknown word counts as
 * `stop`, since VS Code discards an answer that ends with a word it does not know; `stop` after tool calls becomes
 * `tool_calls` (pitfall 9).
 */
export function toFinishReason(reason: unknown, hasToolCalls: boolean): FinishReason | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined;
  const known = finishReasons[reason.toLowerCase()] ?? 'stop';
  return known === 'stop' && hasToolCalls ? 'tool_calls' : known;
}

/** The word that tells of a failure, or `undefined` for a sound end. */
export function brokenFinish(reason: unknown, nativeReason: unknown): string | undefined {
  const native = typeof nativeReason === 'string' ? nativeReason : '';
  if (brokenNativeReasons.has(native.toLowerCase())) return native;
  return reason === 'error' ? native || 'error' : undefined;
}
