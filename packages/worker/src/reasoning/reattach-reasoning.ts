/** Puts a conversation's reasoning back where its client has forgotten or mangled it, and takes out what only Copilot understands. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import type { ReasoningCache } from './reasoning-cache';

/**
 * The same body where nothing is to be done. What this worker saw the model say wins over what the client sends back:
 * Copilot CLI keeps only the last of the details with one index. Of turns that it did not see, what the client sends is
 * left alone, an empty list too (pitfall 12).
 */
export function reattachReasoning(body: JsonRecord, cache: ReasoningCache): JsonRecord {
  if (!Array.isArray(body.messages)) return body;
  let isChanged = false;
  const messages = body.messages.map((message: unknown) => {
    const mended = isRecord(message) && message.role === 'assistant' ? mend(message, cache) : message;
    isChanged ||= mended !== message;
    return mended;
  });
  return isChanged ? { ...body, messages } : body;
}

function mend(message: JsonRecord, cache: ReasoningCache): JsonRecord {
  const known = withoutCopilotFields(message);
  if (!Array.isArray(known.tool_calls)) return known;
  for (const call of known.tool_calls) {
    const details = isRecord(call) && typeof call.id === 'string' ? cache.find(call.id) : undefined;
    if (details) return { ...known, reasoning_details: details };
  }
  return known;
}

/** `cot_id`, `cot_summary`: Copilot's own names for thinking (openrouter.md §11.1). */
function withoutCopilotFields(message: JsonRecord): JsonRecord {
  const fields = Object.entries(message);
  const kept = fields.filter(([name]) => !name.startsWith('cot_'));
  return kept.length === fields.length ? message : Object.fromEntries(kept);
}
