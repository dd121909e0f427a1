/** Under which key a model's reasoning is found again: its tool call, by whatever of it survives the way through a client. */
import { createHash } from 'node:crypto';
import { isNestedDeeper, isRecord, MAX_NESTING, type ToolCall } from '@orcestator/protocol';

/** In place of arguments of which the answer's record has the beginning only. */
const LONG = 'long';
/** Characters: shorter ones are never cut, however much a client takes off by writing them anew. */
const LONG_FROM = 500;

/** `conversation` is asked for where the call's id alone does not tell it from other conversations' calls. */
export type AskConversation = () => string;

/** The key of a call as the model made it. `isCut`: its arguments may be incomplete. */
export function keyOfCall(
  { id, function: called, custom }: ToolCall,
  conversation: AskConversation,
  { isCut }: { isCut: boolean },
): string {
  const name = called?.name ?? custom?.name ?? '';
  const text = called?.arguments ?? custom?.input ?? '';
  const known = canonical(text);
  return toKey(id, name, isCut && known === undefined ? LONG : (known ?? text.trim()), conversation);
}

/** The keys under which a client's call may have been remembered. */
export function keysOfSentCall(call: unknown, conversation: AskConversation): string[] {
  if (!isRecord(call) || typeof call.id !== 'string') return [];
  const called = isRecord(call.function) ? call.function : call.custom;
  if (!isRecord(called)) return [];
  const { name, arguments: sent = called.input } = called;
  const text = typeof sent === 'string' ? sent : (JSON.stringify(sent) ?? '');
  const forms = [canonical(text) ?? text.trim(), ...(text.length >= LONG_FROM ? [LONG] : [])];
  return forms.map((form) => toKey(String(call.id), String(name), form, conversation));
}

function toKey(id: string, name: string, form: string, conversation: AskConversation): string {
  const place = isRandom(id, name) ? '' : conversation();
  return createHash('sha256')
    .update(JSON.stringify([id, name, form, place]))
    .digest('base64');
}

/**
 * `call_0` and `functions.read_file:0` come again in every conversation; `call_8Hs2kQ…`, `toolu_01A09q…` and
 * `tool_0_read_file_4fVx9…` do not: letters and digits in one long word, the function's name apart.
 */
function isRandom(id: string, name: string): boolean {
  const words = id.replace(name, ' ').split(/[^A-Za-z0-9]+/);
  return words.some((word) => word.length >= 8 && /\d/.test(word) && /[A-Za-z]/.test(word));
}

/** One form for all ways to write the same arguments: clients parse them and write them anew. `undefined` where they are no JSON. */
function canonical(text: string): string | undefined {
  if (text.trim() === '') return '{}';
  try {
    const parsed: unknown = JSON.parse(text);
    return isNestedDeeper(parsed, MAX_NESTING) ? undefined : JSON.stringify(parsed, sortFields);
  } catch {
    return undefined;
  }
}

function sortFields(_name: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
