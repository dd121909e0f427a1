/** A client's messages → what FastChat's `get_gen_params` appends to the conversation. */
import { isRecord, OrcestatorError } from '@orcestator/protocol';
import { TextTuple, type MessageText } from './python-text';

/** Whose words a message holds. */
export type Speaker = 'system' | 'user' | 'assistant';

export interface ReadMessage {
  readonly speaker: Speaker;
  readonly text: MessageText;
}

/** `developer` is the newer word of OpenAI's clients for the system's messages; FastChat does not know it. */
const speakers: Readonly<Record<string, Speaker>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/** Throws `invalid_request` where a text-only worker cannot be told what the client said. */
export function readMessages(messages: readonly unknown[]): ReadMessage[] {
  return messages.map((message, place) => {
    const at = `messages[${place}]`;
    if (!isRecord(message)) throw invalid(`${at} must be an object with "role" and "content".`);
    const { role } = message;
    if (role === 'tool' || role === 'function' || message.tool_calls || message.function_call) {
      throw invalid(`${at} belongs to a tool call. ${TOOLS_HINT}`);
    }
    const speaker = typeof role === 'string' && Object.hasOwn(speakers, role) ? speakers[role] : undefined;
    if (!speaker) throw invalid(`Unknown role: ${JSON.stringify(role)} in ${at}.`);
    return { speaker, text: readContent(message.content, speaker, at) };
  });
}

/** Why tools do not work over the text path, and what does. */
export const TOOLS_HINT =
  "The worker of this model speaks FastChat's text protocol, which has no tools: take a model whose worker speaks OpenAI's protocol, or leave the tools out.";

function readContent(content: unknown, speaker: Speaker, at: string): MessageText {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    refuseOtherParts(content, at);
    // FastChat makes a tuple of a user's parts only; other roles' parts stay a list, which few templates can write.
    return speaker === 'user' ? new TextTuple(textOfParts(content, at)) : content;
  }
  if (speaker === 'assistant' && (content === null || content === undefined)) return null;
  throw invalid(`${at}.content must be a text or a list of text parts.`);
}

function textOfParts(parts: readonly unknown[], at: string): string {
  return parts
    .map((part) => {
      if (isRecord(part) && typeof part.text === 'string') return part.text;
      throw invalid(`A part of ${at}.content has no "text".`);
    })
    .join('\n');
}

function refuseOtherParts(parts: readonly unknown[], at: string): void {
  const other = parts.find((part) => !isRecord(part) || part.type !== 'text');
  if (other === undefined) return;
  const type = isRecord(other) && typeof other.type === 'string' ? other.type : 'unknown';
  throw invalid(
    `${at}.content has a part of type "${type}". The worker of this model takes text only: take a model whose worker speaks OpenAI's protocol, or leave it out.`,
  );
}

function invalid(message: string): OrcestatorError {
  return new OrcestatorError('invalid_request', message, { param: 'messages' });
}
