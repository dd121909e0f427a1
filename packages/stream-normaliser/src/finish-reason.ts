/** Upstream's words for the end of a choice → OpenAI's, and the ends that are failures in disguise. */
import type { FinishReason } from '@orcestator/protocol';

const finishReasons = new Map<string, FinishReason>(
  Object.entries({
    stop: 'stop',
    end_turn: 'stop',
    stop_sequence: 'stop',
    completed: 'stop',
    eos: 'stop',
    length: 'length',
    max_tokens: 'length',
    max_output_tokens: 'length',
    model_length: 'length',
    context_length_exceeded: 'length',
    tool_calls: 'tool_calls',
    tool_use: 'tool_calls',
    function_call: 'function_call',
    content_filter: 'content_filter',
    safety: 'content_filter',
    refusal: 'content_filter',
    recitation: 'content_filter',
    blocklist: 'content_filter',
    prohibited_content: 'content_filter',
  }),
);

/**
 * Reasons that mean a broken answer, the native one whatever `finish_reason` says (pitfall 17, shapes M4 and M6): `abort`
 * is vLLM's and SGLang's, `insufficient_system_resource` DeepSeek's.
 */
const brokenReasons = new Set([
  'error',
  'network_error',
  'malformed_function_call',
  'abort',
  'aborted',
  'cancelled',
  'canceled',
  'insufficient_system_resource',
]);

/**
 * The reason a client is told, `undefined` while there is none (`null` and `""`, pitfall 44). An unknown word counts as
 * `stop`, since VS Code discards an answer that ends with a word it does not know; `stop` after tool calls becomes
 * `tool_calls` (pitfall 9).
 */
export function toFinishReason(reason: unknown, hasToolCalls: boolean): FinishReason | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined;
  const known = finishReasons.get(reason.toLowerCase()) ?? 'stop';
  return known === 'stop' && hasToolCalls ? 'tool_calls' : known;
}

/** The word that tells of a failure, or `undefined` for a sound end. */
export function brokenFinish(reason: unknown, nativeReason: unknown): string | undefined {
  const [word, native] = [reason, nativeReason].map((value) => (typeof value === 'string' ? value : ''));
  if (isBroken(native)) return native;
  return isBroken(word) ? native || word : undefined;
}

function isBroken(reason: string | undefined): reason is string {
  return reason !== undefined && brokenReasons.has(reason.toLowerCase());
}
