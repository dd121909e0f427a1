/** One choice of an upstream stream → clean deltas: role first, content and tool calls apart, one finish. */
import { isRecord, type ChatDelta, type FinishReason, type JsonRecord } from '@orcestator/protocol';
import { toFinishReason } from './finish-reason';
import { ToolCallSerialiser } from './tool-call-serialiser';

export class ChoiceNormaliser {
  readonly index: number;
  readonly #toolCalls: ToolCallSerialiser;
  #hasBegun = false;
  #finish: unknown;

  constructor(index: number, makeToolCallId: (index: number) => string) {
    this.index = index;
    this.#toolCalls = new ToolCallSerialiser(makeToolCallId);
  }

  /** The end as upstream named it, in OpenAI's word; `undefined` while it has not come. */
  get finishReason(): FinishReason | undefined {
    return toFinishReason(this.#finish, this.#toolCalls.hasCalls);
  }

  /** Takes one element of `choices`; gives the deltas that may go out now. */
  push(choice: JsonRecord): ChatDelta[] {
    // A whole message where a delta belongs is an upstream that answers a stream with one body (pitfall 37).
    const delta = isRecord(choice.delta)
      ? choice.delta
      : isRecord(choice.message)
        ? choice.message
        : textDelta(choice);
    const deltas = this.finishReason === undefined ? this.#split(delta) : [];
    if (this.finishReason === undefined) this.#finish = choice.finish_reason;
    return this.#withRole(deltas);
  }

  /** What is left when the stream has ended soundly; the role where there was not a word. */
  end(): ChatDelta[] {
    const deltas: ChatDelta[] = this.#toolCalls.finish().map((call) => ({ tool_calls: [call] }));
    return this.#withRole(this.#hasBegun || deltas.length > 0 ? deltas : [{ content: '' }]);
  }

  #split(delta: JsonRecord): ChatDelta[] {
    const { role: _role, content, tool_calls: toolCalls, refusal, ...rest } = delta;
    const deltas: ChatDelta[] = [];
    const text = typeof content === 'string' ? content : '';
    // White space after a tool call makes some clients run the call twice (pitfall 9).
    const hasText = this.#toolCalls.hasCalls ? text.trim() !== '' : text !== '';
    const extra = meaningful(typeof refusal === 'string' && refusal !== '' ? { ...rest, refusal } : rest);
    if (hasText || extra) deltas.push({ content: hasText ? text : '', ...extra });
    if (Array.isArray(toolCalls)) {
      for (const call of this.#toolCalls.push(toolCalls)) deltas.push({ tool_calls: [call] });
    }
    return deltas;
  }

  #withRole(deltas: ChatDelta[]): ChatDelta[] {
    const [first, ...others] = deltas;
    if (this.#hasBegun || !first) return deltas;
    this.#hasBegun = true;
    return [{ role: 'assistant', ...first }, ...others];
  }
}

/** A choice of OpenAI's older completions has its text in place of a delta. */
function textDelta({ text, reasoning }: JsonRecord): JsonRecord {
  return { ...(typeof text === 'string' ? { content: text } : {}), ...(reasoning ? { reasoning } : {}) };
}

/** The fields that say something; an empty `reasoning_details` list does: signatures depend on it (pitfall 12). */
function meaningful(fields: JsonRecord): JsonRecord | undefined {
  const entries = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
