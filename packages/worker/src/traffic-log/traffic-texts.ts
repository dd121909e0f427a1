/** What the `user` and `assistant` columns show. */
import { isRecord, type ToolCall } from '@orcestator/protocol';
import type { Outcome, RequestRecord } from '../recording';

/** The last user message as text; a part that is no text shows as `[image]`, `[file name]` or `[type]`. */
export function lastUserText(messages: unknown): string {
  if (!Array.isArray(messages)) return '';
  const last = messages.filter(isRecord).findLast((message) => message.role === 'user');
  return last ? contentText(last.content) : '';
}

/** A message's content as text. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(partText).join('\n') : '';
}

function partText(part: unknown): string {
  if (!isRecord(part)) return String(part);
  if (typeof part.text === 'string') return part.text;
  if (part.type === 'image_url') return '[image]';
  const file = isRecord(part.file) ? part.file.filename : undefined;
  return typeof file === 'string'
    ? `[file ${file}]`
    : `[${typeof part.type === 'string' ? part.type : 'part'}]`;
}

/** The answer and its tool calls as `name(arguments)`. */
export function answerText({ answer }: Pick<RequestRecord, 'answer'>): string {
  const calls = answer.toolCalls.map(callText);
  return [answer.content, ...calls].filter((text) => text !== '').join('\n');
}

function callText({ function: called, custom }: ToolCall): string {
  return `${called?.name ?? custom?.name ?? ''}(${called?.arguments ?? custom?.input ?? ''})`;
}

/** How a request ended, as the last line of its `assistant`; empty where it ended well. */
export function endingText({ outcome, error }: Pick<RequestRecord, 'outcome' | 'error'>): string {
  if (outcome === 'error') return `[error: ${error ?? 'unknown'}]`;
  return outcome === 'cancelled' ? '[cancelled]' : '';
}

/** Reads the ending again. */
export function outcomeOf(assistant: string): Outcome {
  if (/(?:^|\n)\[cancelled\]$/.test(assistant)) return 'cancelled';
  return assistant.endsWith(']') && /(?:^|\n)\[error: /.test(assistant) ? 'error' : 'ok';
}
