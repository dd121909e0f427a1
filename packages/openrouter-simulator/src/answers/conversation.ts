/** What the simulator reads out of a request. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

export interface Conversation {
  readonly system: string;
  readonly lastUser: string;
  /** The result of a tool that came after the last user message; `undefined` when there is none. */
  readonly toolResult: string | undefined;
  /** All texts together, for the prompt's token count. */
  readonly characters: number;
}

export function readConversation(messages: unknown): Conversation {
  const list = Array.isArray(messages) ? messages.filter(isRecord) : [];
  const lastUserAt = list.findLastIndex((message) => message.role === 'user');
  const toolResult = list.slice(lastUserAt + 1).findLast((message) => message.role === 'tool');
  return {
    system: list
      .filter((message) => message.role === 'system')
      .map((message) => contentText(message.content))
      .join('\n'),
    lastUser: contentText(list[lastUserAt]?.content),
    toolResult: toolResult && contentText(toolResult.content),
    characters: list.reduce((sum, message) => sum + contentText(message.content).length, 0),
  };
}

export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isRecord)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}

/** The tools offered, as far as a call needs them. */
export function readTools(tools: unknown): { name: string; parameters: JsonRecord }[] {
  if (!Array.isArray(tools)) return [];
  return tools.filter(isRecord).flatMap((tool) => {
    const details = isRecord(tool.function) ? tool.function : undefined;
    if (!details || typeof details.name !== 'string') return [];
    return [
      {
        name: details.name,
        parameters: isRecord(details.parameters) ? details.parameters : { type: 'object' },
      },
    ];
  });
}
