/** A conversation as FastChat keeps it while it writes a prompt, and the walk through its messages. */
import { isTruthy, TemplateError, TextTuple, type MessageText } from './python-text';

/** A template with its messages, ready to be written. */
export interface Conversation {
  readonly name: string;
  /** The system template with the system message in it. */
  readonly systemPrompt: string;
  readonly hasSystemMessage: boolean;
  readonly roles: readonly unknown[];
  readonly messages: readonly (readonly [role: unknown, message: MessageText])[];
  readonly sep: unknown;
  readonly sep2: unknown;
}

/** `a + b + c` on strings; anything else in it is Python's TypeError. */
export function join(...parts: readonly unknown[]): string {
  const stranger = parts.find((part) => typeof part !== 'string');
  if (stranger === undefined) return parts.join('');
  const what = stranger === null ? 'nothing' : stranger instanceof TextTuple ? 'content parts' : 'no text';
  throw new TemplateError(`it puts ${what} where a text has to stand`);
}

export const textOf = (message: MessageText): MessageText =>
  message instanceof TextTuple ? message.text : message;

export interface Turn {
  readonly role: unknown;
  readonly message: MessageText;
  /** Place in the conversation, few-shot messages included. */
  readonly i: number;
  /** `sep` for even turns, `sep2` for odd ones. */
  readonly altSep: unknown;
}

/** Goes through the messages: `full` writes one with a text, `open` the one that the model is to continue. */
export function turns(
  { messages, sep, sep2 }: Conversation,
  full: (turn: Turn) => string,
  open: (turn: Turn) => string,
  readMessage = (message: MessageText): MessageText => message,
): string {
  return messages
    .map(([role, message], i) => {
      const turn = { role, message: readMessage(message), i, altSep: i % 2 === 0 ? sep : sep2 };
      return isTruthy(message) ? full(turn) : open(turn);
    })
    .join('');
}
