/** One choice of an answer, put together from its deltas. */
import {
  isRecord,
  OrcestatorError,
  type ChatChunkChoice,
  type ChatCompletion,
  type FinishReason,
  type JsonRecord,
  type ToolCall,
  type ToolCallDelta,
} from '@orcestator/protocol';
import { TextPieces, withoutFields } from '@orcestator/stream-normaliser';
import { ReasoningDetails } from './reasoning-details';

/** Objects of a delta whose texts come in pieces; any other field of them is replaced. */
const growingTexts: Readonly<Record<string, readonly string[]>> = {
  audio: ['data', 'transcript'],
  function_call: ['arguments'],
};

/** Largest choice in one body, in characters: a model that never ends must not fill the memory. */
const CHOICE_LIMIT = 64 * 1024 * 1024;

/** Fields of a delta that have a place of their own. */
const readFields = new Set(['role', 'content', 'tool_calls', 'reasoning_details']);
const toldFields = new Set(['index', 'delta', 'logprobs', 'finish_reason']);

export class ChoiceBuilder {
  readonly index: number;
  readonly #textLimit: number;
  readonly #content: TextPieces;
  readonly #toolCalls = new Map<number, { call: ToolCall; pieces: TextPieces }>();
  readonly #reasoningDetails = new ReasoningDetails();
  /** Further texts that grow: `reasoning`, `refusal` … */
  readonly #texts = new Map<string, TextPieces>();
  /** Texts that grow within an object: `audio.data` … */
  readonly #innerTexts = new Map<string, Map<string, TextPieces>>();
  /** Whatever else there is: annotations, images … */
  readonly #fields: JsonRecord = {};
  /** Lists that grow with the text: chat's `content`, or `tokens`, `token_logprobs` … of older completions. */
  #logprobs: JsonRecord | null = null;
  /** What upstream said beside the finish: `native_finish_reason` … */
  #finishFields: JsonRecord = {};
  #finishReason: FinishReason | undefined;
  #size = 0;

  /** `textLimit`: characters that are kept of each text; with Infinity the choice is wanted whole. */
  constructor(index: number, textLimit: number) {
    this.index = index;
    this.#textLimit = textLimit;
    this.#content = new TextPieces(textLimit);
  }

  /** `undefined` where it has not come to that. */
  get finishReason(): FinishReason | undefined {
    return this.#finishReason;
  }

  /** Throws `upstream_failed` where a choice that is wanted whole grows without end. */
  add(choice: ChatChunkChoice): void {
    const { delta, logprobs, finish_reason: finish } = choice;
    const { content, tool_calls: toolCalls, reasoning_details: details } = delta;
    if (content) this.#grow(this.#content, content);
    for (const call of toolCalls ?? []) this.#addToolCall(call);
    if (Array.isArray(details)) this.#reasoningDetails.add(details);
    for (const [name, value] of Object.entries(withoutFields(delta, readFields))) this.#addField(name, value);
    if (this.#textLimit === Infinity && isRecord(logprobs))
      this.#logprobs = mergeLists(this.#logprobs, logprobs);
    if (!finish) return;
    this.#finishReason = finish;
    this.#finishFields = withoutFields(choice, toldFields);
  }

  content(): string {
    return this.#content.toString();
  }

  /** Characters of texts and calls that came and were not kept. */
  omitted(): number {
    const pieces = [this.#content, ...[...this.#toolCalls.values()].map((call) => call.pieces)];
    return pieces.reduce((sum, text) => sum + text.omitted, 0);
  }

  toolCalls(): ToolCall[] {
    return [...this.#toolCalls.values()].map(({ call, pieces }) => {
      const text = pieces.toString();
      return call.custom
        ? { ...call, custom: { ...call.custom, input: text } }
        : { ...call, function: { name: call.function?.name ?? '', arguments: text } };
    });
  }

  /** Whole and in order; `undefined` when upstream sent none. */
  reasoningDetails(): readonly unknown[] | undefined {
    return this.#reasoningDetails.toJSON();
  }

  reasoning(): string {
    return (this.#texts.get('reasoning') ?? this.#texts.get('reasoning_content'))?.toString() ?? '';
  }

  toJSON(): ChatCompletion['choices'][number] {
    const toolCalls = this.toolCalls();
    const content = this.content();
    return {
      ...this.#finishFields,
      index: this.index,
      message: {
        role: 'assistant' as const,
        content: content === '' && toolCalls.length > 0 ? null : content,
        refusal: null,
        ...this.#otherFields(),
        ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
      },
      logprobs: this.#logprobs,
      finish_reason: this.#finishReason ?? 'stop',
    };
  }

  #otherFields(): JsonRecord {
    const fields: JsonRecord = { ...this.#fields, ...textsOf(this.#texts) };
    for (const [name, texts] of this.#innerTexts) {
      const known = fields[name];
      fields[name] = { ...(isRecord(known) ? known : {}), ...textsOf(texts) };
    }
    const details = this.reasoningDetails();
    return { ...fields, ...(details ? { reasoning_details: details } : {}) };
  }

  #addField(name: string, value: unknown): void {
    const growing = growingTexts[name];
    if (typeof value === 'string') this.#grow(this.#textOf(this.#texts, name), value);
    else if (growing && isRecord(value)) this.#addGrowing(name, growing, value);
    else this.#fields[name] = merge(this.#fields[name], value);
  }

  #addGrowing(name: string, growing: readonly string[], value: JsonRecord): void {
    const texts = this.#innerTexts.get(name) ?? new Map<string, TextPieces>();
    this.#innerTexts.set(name, texts);
    const isText = ([inner, part]: [string, unknown]): boolean =>
      growing.includes(inner) && typeof part === 'string';
    const entries = Object.entries(value);
    for (const [inner, part] of entries.filter(isText)) this.#grow(this.#textOf(texts, inner), String(part));
    const rest = Object.fromEntries(entries.filter((entry) => !isText(entry)));
    this.#fields[name] = merge(this.#fields[name], rest);
  }

  #textOf(texts: Map<string, TextPieces>, name: string): TextPieces {
    const text = texts.get(name) ?? new TextPieces(this.#textLimit);
    texts.set(name, text);
    return text;
  }

  #addToolCall(delta: ToolCallDelta): void {
    const { index } = delta;
    const known = this.#toolCalls.get(index);
    const { call, pieces } = known ?? { call: openCall(delta), pieces: new TextPieces(this.#textLimit) };
    if (!known) this.#toolCalls.set(index, { call, pieces });
    this.#grow(pieces, delta.function?.arguments ?? delta.custom?.input ?? '');
  }

  #grow(text: TextPieces, piece: string): void {
    text.add(piece);
    if (this.#textLimit !== Infinity) return;
    this.#size += piece.length;
    if (this.#size > CHOICE_LIMIT)
      throw new OrcestatorError('upstream_failed', "The upstream's answer is too large for one body.");
  }
}

function textsOf(texts: ReadonlyMap<string, TextPieces>): JsonRecord {
  return Object.fromEntries([...texts].map(([name, text]) => [name, text.toString()]));
}

function openCall(delta: ToolCallDelta): ToolCall {
  const { index: _index, id = '', type = 'function', function: called, custom, ...rest } = delta;
  return custom
    ? { ...rest, id, type, custom: { name: custom.name ?? '', input: '' } }
    : { ...rest, id, type, function: { name: called?.name ?? '', arguments: '' } };
}

/** Lists grow, anything else is replaced. */
function merge(known: unknown, added: unknown): unknown {
  if (Array.isArray(known) && Array.isArray(added)) return [...(known as unknown[]), ...(added as unknown[])];
  return isRecord(known) && isRecord(added) ? { ...known, ...added } : added;
}

/** `known` is the builder's own: its lists grow in place, so that an answer costs its length. */
function mergeLists(known: JsonRecord | null, added: JsonRecord): JsonRecord {
  const merged: JsonRecord = known ?? {};
  for (const [name, value] of Object.entries(added)) {
    const list = merged[name];
    if (Array.isArray(list) && Array.isArray(value)) for (const item of value as unknown[]) list.push(item);
    else if (Array.isArray(value)) merged[name] = [...(value as unknown[])];
    else if (value !== null) merged[name] = value;
  }
  return merged;
}
