/** `content` of a delta: a text, or the list of parts that Mistral and some gateways write. */
import { isRecord } from '@orcestator/protocol';

export interface Content {
  readonly text: string;
  readonly reasoning: string;
}

/** Parts: `{ type: "text", text }`, `{ type: "thinking", thinking: text | parts }`; any other kind has no place in a text. */
export function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, reasoning: '' };
  if (!Array.isArray(content)) return { text: '', reasoning: '' };
  const parts = content.filter(isRecord);
  return {
    text: parts.map(({ text }) => (typeof text === 'string' ? text : '')).join(''),
    reasoning: parts.map(({ thinking }) => readContent(thinking).text).join(''),
  };
}
