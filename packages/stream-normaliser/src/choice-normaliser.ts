/** One choice of an upstream stream → clean deltas: role first, content and tool calls apart, one finish. */
import { isRecord, type ChatDelta, type FinishReason, type JsonRecord } from '@orcestator/protocol';
import { readContent } from './read-content';
import { toFinishReason } from './finish-reason';
import { ToolCallSerialiser } from './tool-call-serialiser';
import { withoutFields } from './without-fields';

/** Fields of a choice that are told in another form, or not at all. */
export const toldFields = new Set(['index', 'delta', 'message', 'text', 'finish_reason', 'error', 'usage']);
/** The probabilities stand beside the deltas. */
const toldAtFinish = new Set([...toldFields, 'logprobs']);
/** Fields of a delta that are read here; all others pass. */
const readFields = new Set(['role', 'content', 'tool_calls', 'refusal']);
const role = new Set(['role']);

export class ChoiceNormaliser {
  readonly index: number;
  readonly #toolCalls: ToolCallSerialiser;
  #hasBegun = false;
  #finish: unknown;
  #finishFields: JsonRecord = {};
  /** White space after a tool call: told once a text follows it. */
  #heldSpace = '';

  /** `usedIds`: the ids of tool calls of the whole stream. */
  constructor(index: number, makeToolCallId: (index: number) => string, usedIds: Set<string>) {
    this.index = index;
    this.#toolCalls = new ToolCallSerialiser(makeToolCallId, usedIds);
  }

  /** The end as upstream named it, in OpenAI's word; `undefined` while it has not come. The first one counts (pitfall 6). */
  get finishReason(): FinishReason | undefined {
    return toFinishReason(this.#finish, this.#toolCalls.hasCalls);
  }

  /** Characters that cannot go out yet. */
  get waiting(): number {
    return this.#toolCalls.waiting;
  }

  /** What upstream said beside the finish: `native_finish_reason`, `stop_reason` … */
  get finishFields(): JsonRecord {
    return this.#finishFields;
  }

  /**
   * Takes one element of `choices`; gives the deltas that may go out now. What comes after a finish is told too: some
   * servers write a finish on each chunk, and encrypted reasoning comes beside the last one.
   */
  push(choice: JsonRecord): ChatDelta[] {
    const deltas = this.#split(this.#deltaOf(choice));
    if (this.finishReason === undefined) {
      this.#finish = choice.finish_reason;
      if (this.finishReason !== undefined) this.#finishFields = withoutFields(choice, toldAtFinish);
    }
    return this.#withRole(deltas);
  }

  /** What is left when the stream has ended soundly; the role where there was not a word. */
  end(): ChatDelta[] {
    const deltas: ChatDelta[] = this.#toolCalls.finish().map((call) => ({ tool_calls: [call] }));
    return this.#withRole(this.#hasBegun || deltas.length > 0 ? deltas : [{ content: '' }]);
  }

  /**
   * A whole message where a delta belongs is an upstream that answers a stream with one body (pitfall 37). Beside deltas
   * it is the same text once more.
   */
  #deltaOf(choice: JsonRecord): JsonRecord {
    const { delta, message } = choice;
    if (isRecord(delta) && (!isRecord(message) || this.#hasBegun || saysSomething(delta))) return delta;
    return isRecord(message) ? message : textDelta(choice);
  }

  #split(delta: JsonRecord): ChatDelta[] {
    const { content, tool_calls: toolCalls, refusal } = delta;
    const others = withoutFields(delta, readFields);
    const { text, reasoning } = readContent(content);
    const rest = withoutEcho(reasoning === '' ? others : { reasoning, ...others });
    const extra = meaningful(typeof refusal === 'string' && refusal !== '' ? { ...rest, refusal } : rest);
    const deltas: ChatDelta[] = [];
    const told = this.#withHeldSpace(text);
    if (told !== '' || extra) deltas.push({ content: told, ...extra });
    const fragments = Array.isArray(toolCalls) ? toolCalls : isRecord(toolCalls) ? [toolCalls] : [];
    for (const call of this.#toolCalls.push(fragments)) deltas.push({ tool_calls: [call] });
    return deltas;
  }

  /** White space alone after a tool call makes some clients run the call twice (pitfall 9). */
  #withHeldSpace(text: string): string {
    if (!this.#toolCalls.hasCalls) return text;
    if (text.trim() === '') {
      this.#heldSpace += text;
      return '';
    }
    const told = this.#heldSpace + text;
    this.#heldSpace = '';
    return told;
  }

  #withRole(deltas: ChatDelta[]): ChatDelta[] {
    const [first, ...others] = deltas;
    if (this.#hasBegun || !first) return deltas;
    this.#hasBegun = true;
    return [{ role: 'assistant', ...first }, ...others];
  }
}

/** True where a delta has more than its role, empty texts and empty lists. */
export function saysSomething(delta: JsonRecord): boolean {
  const said = Object.values(meaningful(withoutFields(delta, role)) ?? {});
  return said.some((value) => !Array.isArray(value) || value.length > 0);
}

/** A choice of OpenAI's older completions has its text in place of a delta. */
function textDelta({ text, reasoning }: JsonRecord): JsonRecord {
  return { ...(typeof text === 'string' ? { content: text } : {}), ...(reasoning ? { reasoning } : {}) };
}

/** vLLM writes the same thought under both names, and clients that read both would show it twice (pitfall 13). */
function withoutEcho(fields: JsonRecord): JsonRecord {
  if (fields.reasoning === undefined || fields.reasoning !== fields.reasoning_content) return fields;
  const { reasoning_content: _echo, ...others } = fields;
  return others;
}

/** The fields that say something; an empty `reasoning_details` list does: signatures depend on it (pitfall 12). */
function meaningful(fields: JsonRecord): JsonRecord | undefined {
  const entries = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
