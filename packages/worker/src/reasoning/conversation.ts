/** What tells one conversation, and one place in it, from another. */
import { createHash } from 'node:crypto';
import { isRecord } from '@orcestator/protocol';
import { contentText } from '../traffic-log/traffic-texts';

/** The messages of one request. */
export class Conversation {
  readonly #messages: readonly unknown[];
  readonly #hash = createHash('sha256');
  #read = 0;

  constructor(messages: readonly unknown[]) {
    this.#messages = messages;
  }

  /** Of the messages before this one; asked in order, so that each message is read once. */
  before(index: number): string {
    for (; this.#read < index; this.#read += 1) this.#hash.update(outline(this.#messages[this.#read]));
    return this.#hash.copy().digest('base64');
  }
}

/**
 * Of a message only what comes back unchanged: prompt caching makes clients repeat what was said word for word. System
 * prompts hold dates, results of tools are shortened later, and of calls the arguments may be written anew.
 */
function outline(message: unknown): string {
  if (!isRecord(message) || message.role === 'system' || message.role === 'developer') return '';
  const { role, content, tool_calls: calls, tool_call_id: callId } = message;
  const text = role === 'tool' ? '' : contentText(content).trim();
  const ids = Array.isArray(calls) ? calls.filter(isRecord).map(({ id }) => id) : [];
  return `${JSON.stringify([role, text, ids, callId])}\n`;
}
