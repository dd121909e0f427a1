/** What the `user` and `assistant` columns show. */
import { isRecord } from '@orcestator/protocol';
import type { RequestRecord } from '../recording';

/** The last user message as text; a part that is no text shows as `[image]`, `[file name]` or `[type]`. */
export function lastUserText(messages: unknown): string {
  if (!Array.isArray(messages)) return '';
  const last = messages.filter(isRecord).findLast((message) => message.role === 'user');
  return last ? contentText(last.content) : '';
}

function contentText(content: unknown): string {
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

/** The answer, tool calls as `name(arguments)`, and how it ended where it did not end well. */
export function assistantText({ answer, outcome, error }: RequestRecord): string {
  const calls = answer.toolCalls.map((call) => `${call.function.name}(${call.function.arguments})`);
  const ending =
    outcome === 'error' ? [`[error: ${error ?? 'unknown'}]`] : outcome === 'cancelled' ? ['[cancelled]'] : [];
  return [answer.content, ...calls, ...ending].filter((text) => text !== '').join('\n');
}

/** At most `limit` characters, never half an emoji; the rest is counted where it is cut, `omitted` ones that never came here too. */
export function shorten(text: string, limit: number, omitted = 0): string {
  if (omitted === 0 && (limit === 0 || text.length <= limit)) return text;
  const isInsidePair = /[\ud800-\udbff]/.test(text[limit - 1] ?? '');
  const end = isInsidePair ? limit - 1 : limit;
  return `${text.slice(0, end)}…[+${Math.max(0, text.length - end) + omitted}]`;
}
