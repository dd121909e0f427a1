/** A conversation with a tool call, for the tests of this folder. */
import type { JsonRecord, ToolCall } from '@orcestator/protocol';
import { createReasoningCache, type ReasoningCache } from './reasoning-cache';
import { reattachReasoning } from './reattach-reasoning';
import { rememberReasoning } from './remember-reasoning';

export const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', index: 0 }];
export const user = { role: 'user', content: 'x' };
export const callOf = (id: string, args = '{"city":"Oslo"}', name = 'get_weather'): ToolCall => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
export const assistant = (fields: object = {}) => ({
  role: 'assistant',
  content: null,
  tool_calls: [callOf('call_1')],
  ...fields,
});
export const body = (...messages: object[]) => ({ model: 'orcestator', messages });

export interface Said {
  readonly after?: readonly object[];
  readonly calls?: readonly ToolCall[];
  readonly thought?: readonly object[];
  readonly omitted?: number;
}

/** What the model said in answer to these messages, the user's `x` where nothing else is told. */
export function remember(
  cache: ReasoningCache,
  { after = [user], calls = [callOf('call_1')], thought = details, omitted = 0 }: Said = {},
): ReasoningCache {
  const answer = { content: '', toolCalls: calls, omitted };
  rememberReasoning({ messages: after, answer, details: thought }, cache);
  return cache;
}

export const empty = (): ReasoningCache => createReasoningCache({ entries: 10, characters: 10_000 });
export const filled = (): ReasoningCache =>
  remember(empty(), { calls: [callOf('call_1'), callOf('call_2')] });

/** The details of each assistant message as the upstream gets them. */
export function sentOn(cache: ReasoningCache, ...messages: object[]): unknown[] {
  const mended = reattachReasoning(body(...messages), cache).messages as JsonRecord[];
  return mended.filter(({ role }) => role === 'assistant').map((message) => message.reasoning_details);
}
