/** What the simulator reads out of a request. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

export interface Conversation {
  readonly system: string;
  /** The last user message; of VS Code's only what the user typed. */
  readonly lastUser: string;
  /** All user messages, with what editors wrap around them. */
  readonly userTexts: string;
  /** The result of a tool that came after the last user message; `undefined` when there is none. */
  readonly toolResult: string | undefined;
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
    lastUser: userWords(contentText(list[lastUserAt]?.content)),
    userTexts: list
      .filter((message) => message.role === 'user')
      .map((message) => contentText(message.content))
      .join('\n'),
    toolResult: toolResult && contentText(toolResult.content),
  };
}

/** VS Code puts much around the user's words. */
function userWords(text: string): string {
  return (/<userRequest>([\s\S]*?)<\/userRequest>/.exec(text)?.[1] ?? text).trim();
}

/** All texts and tool definitions together, for the prompt's token count. */
export function promptCharacters({ messages, tools }: JsonRecord): number {
  const list = Array.isArray(messages) ? messages.filter(isRecord) : [];
  const texts = list.reduce((sum, message) => sum + contentText(message.content).length, 0);
  return Array.isArray(tools) && tools.length > 0 ? texts + JSON.stringify(tools).length : texts;
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
