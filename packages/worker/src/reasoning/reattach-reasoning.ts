/** Puts a conversation's reasoning back where its client has forgotten it, and takes out what only Copilot understands. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import type { ReasoningCache } from './reasoning-cache';

/** The same body where nothing is to be done; what a client sends itself is never touched, an empty list neither (pitfall 12). */
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
  if (known.reasoning_details !== undefined || !Array.isArray(known.tool_calls)) return known;
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
