/** The rules of one choice of a clean stream: its role, its text, its tool calls, its end. */
import { BrokenContractError } from './clean-lines';

export type Json = Record<string, unknown>;

export interface CleanToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
}

/** Words that end a sound answer. */
const finishWords = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws with the line unless the condition holds. */
export function hold(condition: boolean, rule: string, line: string): asserts condition {
  if (!condition) throw new BrokenContractError(rule, line);
}

export class CleanChoice {
  readonly text: string[] = [];
  readonly reasoning: string[] = [];
  readonly reasoningDetails: unknown[] = [];
  readonly toolCalls: CleanToolCall[] = [];
  hasDetails = false;
  finish: string | undefined;
  #hasBegun = false;

  /** Takes one element of `choices`. `usedIds` are the ids of all tool calls of the stream. */
  take(choice: Json, usedIds: Set<string>, line: string): void {
    hold(this.finish === undefined, 'something after the finish chunk', line);
    const { delta, finish_reason: finish } = choice;
    hold(isJson(delta), 'a choice without a delta', line);
    hold(finish === null || typeof finish === 'string', 'finish_reason is neither null nor a word', line);
    this.#takeRole(delta, finish, line);
    this.#takeTexts(delta, line);
    if ('tool_calls' in delta) this.#takeToolCalls(delta, usedIds, line);
    if (finish === null) return;
    hold(finishWords.has(finish) || finish === 'error', 'an unknown finish_reason', line);
    if (finish === 'error')
      hold(Object.keys(delta).length === 0, 'the closing chunk of a failure says something', line);
    this.finish = finish;
  }

  #takeRole({ role }: Json, finish: string | null, line: string): void {
    // A failure before the first word of a choice has nothing to introduce.
    if (!this.#hasBegun && finish !== 'error') hold(role === 'assistant', 'no role in the first delta', line);
    if (this.#hasBegun) hold(role === undefined, 'a role after the first delta', line);
    this.#hasBegun = true;
  }

  #takeTexts(delta: Json, line: string): void {
    const { content, reasoning, reasoning_details: details } = delta;
    if (content !== undefined && content !== null) {
      hold(typeof content === 'string', 'content is no text', line);
      this.text.push(content);
    }
    if (reasoning !== undefined && reasoning !== null) {
      hold(typeof reasoning === 'string', 'reasoning is no text', line);
      this.reasoning.push(reasoning);
    }
    hold(!('reasoning_content' in delta), 'reasoning under two names', line);
    if (details === undefined) return;
    hold(Array.isArray(details), 'reasoning_details is no list', line);
    this.hasDetails = true;
    this.reasoningDetails.push(...(details as unknown[]));
  }

  #takeToolCalls(delta: Json, usedIds: Set<string>, line: string): void {
    const fragments = delta.tool_calls;
    hold(Array.isArray(fragments) && fragments.length > 0, 'tool_calls is empty', line);
    hold(!('content' in delta), 'content beside tool_calls', line);
    for (const fragment of fragments as unknown[]) {
      hold(isJson(fragment), 'a fragment that is no object', line);
      this.#takeFragment(fragment, usedIds, line);
    }
  }

  #takeFragment(fragment: Json, usedIds: Set<string>, line: string): void {
    const { index, id, type, function: details } = fragment;
    hold(typeof index === 'number', 'a fragment without index', line);
    hold(isJson(details), 'a fragment without function', line);
    const { name, arguments: text } = details;
    hold(typeof text === 'string', 'a fragment without arguments', line);
    const last = this.toolCalls.length - 1;
    if (index === last) {
      hold(id === undefined && name === undefined, 'a call that is opened twice', line);
      (this.toolCalls[last] as CleanToolCall).arguments += text;
      return;
    }
    hold(index === last + 1, 'fragments of one call are not together', line);
    hold(typeof id === 'string' && id !== '', 'a call without an id', line);
    hold(!usedIds.has(id), 'an id that another call has', line);
    hold(type === 'function', 'a call without a type', line);
    hold(typeof name === 'string' && name !== '', 'a call without a name', line);
    usedIds.add(id);
    this.toolCalls.push({ id, name, arguments: text });
  }
}
