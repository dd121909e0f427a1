/** A request's texts as the audit may keep them: redacted, and without the bytes of images and files. */
import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord } from '@orcestator/protocol';

export type Redact = (text: string) => string;

/** Characters from which a `data:` URL is replaced: an icon may stay, a screenshot in every turn of a conversation may not. */
const DATA_URL_LIMIT = 2_048;

/** A copy of a JSON value with each of its texts cleaned, names of fields included. */
export function cleanValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(withoutData(value));
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, redact));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name), cleanValue(item, redact)]),
  );
}

/** The cleaned value as JSON; a value nested too deep for the stack is left out. */
export function cleanJson(value: unknown, redact: Redact): string {
  try {
    return JSON.stringify(cleanValue(value, redact) ?? null);
  } catch (error) {
    if (error instanceof RangeError) return '"[nested too deep]"';
    throw error;
  }
}

/** The request without its texts, which stand as messages; tools by name only, since Copilot repeats 60 kB of them with each request. */
export function parametersOf({
  messages: _messages,
  prompt: _prompt,
  input: _input,
  tools,
  ...rest
}: JsonRecord): JsonRecord {
  return Array.isArray(tools) ? { ...rest, tools: tools.map(toolName) } : rest;
}

function toolName(tool: unknown): unknown {
  if (!isRecord(tool)) return tool;
  return (isRecord(tool.function) ? tool.function.name : tool.name) ?? tool.type;
}

/** The same file is known again by its hash. */
function withoutData(text: string): string {
  if (text.length < DATA_URL_LIMIT || !text.startsWith('data:')) return text;
  const type = /^data:([\w.+/-]{0,100})/.exec(text)?.[1] ?? '';
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `[data:${type}, ${text.length} characters, sha256 ${hash}]`;
}
