/** Puts a conversation's reasoning back where its client has forgotten or mangled it, and takes out what only Copilot understands. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { Conversation } from './conversation';
import { isMangledFormOf } from './mangled-details';
import type { ReasoningCache, ReasoningDetails } from './reasoning-cache';
import { keysOfSentCall, type AskConversation } from './reasoning-key';

/**
 * The same body where nothing is to be done. What this worker saw the model say replaces what a client has left of it
 * (Copilot CLI keeps only the last of the details with one index), and nothing else: details that are not a part of it,
 * and those of turns that it did not see, stay as they are, an empty list too (pitfall 12).
 */
export function reattachReasoning(body: JsonRecord, cache: ReasoningCache): JsonRecord {
  if (!Array.isArray(body.messages)) return body;
  const conversation = new Conversation(body.messages);
  let isChanged = false;
  const messages = body.messages.map((message: unknown, index) => {
    if (!isRecord(message) || message.role !== 'assistant') return message;
    const mended = mend(withoutCopilotFields(message), cache, () => conversation.before(index));
    isChanged ||= mended !== message;
    return mended;
  });
  return isChanged ? { ...body, messages } : body;
}

function mend(message: JsonRecord, cache: ReasoningCache, conversation: AskConversation): JsonRecord {
  const { tool_calls: calls, reasoning_details: sent } = message;
  if (!Array.isArray(calls)) return message;
  const known = calls.flatMap((call) => findDetails(call, cache, conversation));
  const fitting = Array.isArray(sent) ? known.filter((details) => isMangledFormOf(sent, details)) : known;
  const [details] = fitting;
  // Two that fit equally well: none is better than another conversation's.
  if (!details || !fitting.every((other) => isDeepStrictEqual(other, details))) return message;
  return isDeepStrictEqual(sent, details) ? message : { ...message, reasoning_details: details };
}

function findDetails(
  call: unknown,
  cache: ReasoningCache,
  conversation: AskConversation,
): readonly ReasoningDetails[] {
  return keysOfSentCall(call, conversation).flatMap((key) => cache.find(key) ?? []);
}

/** `cot_id`, `cot_summary`: Copilot's own names for thinking (openrouter.md §11.1). */
function withoutCopilotFields(message: JsonRecord): JsonRecord {
  const fields = Object.entries(message);
  const kept = fields.filter(([name]) => !name.startsWith('cot_'));
  return kept.length === fields.length ? message : Object.fromEntries(kept);
}
