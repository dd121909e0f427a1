/** Keeps an answer's reasoning for the next request: some models want it back with the results of their tools. */
import type { AnswerText } from '../chat/completion-builder';
import { Conversation } from './conversation';
import type { ReasoningCache, ReasoningDetails } from './reasoning-cache';
import { keyOfCall } from './reasoning-key';

export interface ReasonedAnswer {
  /** The request's, which the client will repeat before the answer. */
  readonly messages: readonly unknown[];
  readonly answer: AnswerText;
  /** `undefined` when the upstream sent none. */
  readonly details: ReasoningDetails | undefined;
}

export function rememberReasoning(
  { messages, answer, details }: ReasonedAnswer,
  cache: ReasoningCache,
): void {
  const { toolCalls, omitted } = answer;
  if (!details || toolCalls.length === 0) return;
  const conversation = new Conversation(messages);
  const here = (): string => conversation.before(messages.length);
  const keys = toolCalls.map((call) => keyOfCall(call, here, { isCut: omitted > 0 }));
  cache.remember(keys, details);
}
