/** Clean chunks → one message: the body of a non-stream answer, and what the log shows of any answer. */
import {
  isRecord,
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatDelta,
  type FinishReason,
  type JsonRecord,
  type ToolCall,
  type ToolCallDelta,
  type Usage,
} from '@orcestator/protocol';
import { TextPieces } from '@orcestator/stream-normaliser';
import { ReasoningDetails } from './reasoning-details';

interface ChoiceState {
  readonly content: TextPieces;
  readonly toolCalls: Map<number, { call: ToolCall; pieces: TextPieces }>;
  readonly reasoningDetails: ReasoningDetails;
  /** Further texts that grow: `reasoning`, `refusal` … */
  readonly texts: Map<string, TextPieces>;
  /** Whatever else there is: annotations, images … */
  readonly fields: JsonRecord;
  /** Lists that grow with the text: chat's `content`, or `tokens`, `token_logprobs` … of older completions. */
  logprobs: JsonRecord | null;
  finishReason: FinishReason;
  hasFinished: boolean;
}

/** The parts of an answer that a person wants to read. */
export interface AnswerText {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
  /** Characters that came and were not kept. */
  readonly omitted: number;
}

export class CompletionBuilder {
  readonly #textLimit: number;
  readonly #choices = new Map<number, ChoiceState>();
  #envelope: JsonRecord = {};

  /**
   * `textLimit`: characters that are kept of each text. A stream has been sent on by the time it is recorded, so that
   * no more of it need be held than the records show (`reasoning_details` excepted: they must go back whole).
   */
  constructor(textLimit = Infinity) {
    this.#textLimit = textLimit;
  }

  add(chunk: ChatCompletionChunk): void {
    const { choices, usage: _usage, ...envelope } = chunk;
    this.#envelope = envelope;
    for (const choice of choices) {
      const state = this.#choice(choice.index);
      addDelta(state, choice.delta, this.#textLimit);
      if (this.#keepsAll && isRecord(choice.logprobs))
        state.logprobs = mergeLists(state.logprobs, choice.logprobs);
      if (!choice.finish_reason) continue;
      state.finishReason = choice.finish_reason;
      state.hasFinished = true;
    }
  }

  get #keepsAll(): boolean {
    return this.#textLimit === Infinity;
  }

  /** The first choice as text. */
  text(): AnswerText {
    const state = this.#choices.get(0);
    if (!state) return { content: '', toolCalls: [], omitted: 0 };
    const pieces = [state.content, ...[...state.toolCalls.values()].map((call) => call.pieces)];
    const omitted = pieces.reduce((sum, text) => sum + text.omitted, 0);
    return { content: state.content.toString(), toolCalls: toolCallsOf(state), omitted };
  }

  /** Of the first choice, whole and in order; `undefined` when upstream sent none. */
  reasoningDetails(): readonly unknown[] | undefined {
    return this.#choices.get(0)?.reasoningDetails.toJSON();
  }

  /** What the first choice says of itself; `undefined` and empty where it has not come to that. */
  facts(): { id: string; provider: string; reasoning: string; finishReason: FinishReason | undefined } {
    const { id, provider } = this.#envelope;
    const state = this.#choices.get(0);
    const reasoning = state?.texts.get('reasoning') ?? state?.texts.get('reasoning_content');
    return {
      id: typeof id === 'string' ? id : '',
      provider: typeof provider === 'string' ? provider : '',
      reasoning: reasoning?.toString() ?? '',
      finishReason: state?.hasFinished ? state.finishReason : undefined,
    };
  }

  toCompletion(usage: Usage | undefined): ChatCompletion {
    const choices = [...this.#choices].map(([index, state]) => {
      const toolCalls = toolCallsOf(state);
      const content = state.content.toString();
      return {
        index,
        message: {
          role: 'assistant' as const,
          content: content === '' && toolCalls.length > 0 ? null : content,
          refusal: null,
          ...fieldsOf(state),
          ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
        },
        logprobs: state.logprobs,
        finish_reason: state.finishReason,
      };
    });
    const envelope = this.#envelope as Pick<ChatCompletion, 'id' | 'created' | 'model'>;
    return { ...envelope, object: 'chat.completion', choices, ...(usage ? { usage } : {}) };
  }

  #choice(index: number): ChoiceState {
    let state = this.#choices.get(index);
    if (!state) {
      state = {
        content: new TextPieces(this.#textLimit),
        toolCalls: new Map(),
        reasoningDetails: new ReasoningDetails(),
        texts: new Map(),
        fields: {},
        logprobs: null,
        finishReason: 'stop',
        hasFinished: false,
      };
      this.#choices.set(index, state);
    }
    return state;
  }
}

function addDelta(state: ChoiceState, delta: ChatDelta, textLimit: number): void {
  const { role: _role, content, tool_calls: toolCalls, reasoning_details: details, ...fields } = delta;
  if (content) state.content.add(content);
  for (const call of toolCalls ?? []) addToolCall(state, call, textLimit);
  if (Array.isArray(details)) state.reasoningDetails.add(details);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') textOf(state, name, textLimit).add(value);
    else state.fields[name] = merge(state.fields[name], value);
  }
}

function textOf({ texts }: ChoiceState, name: string, textLimit: number): TextPieces {
  let text = texts.get(name);
  if (!text) texts.set(name, (text = new TextPieces(textLimit)));
  return text;
}

function fieldsOf({ fields, texts, reasoningDetails }: ChoiceState): JsonRecord {
  const details = reasoningDetails.toJSON();
  return {
    ...fields,
    ...Object.fromEntries([...texts].map(([name, text]) => [name, text.toString()])),
    ...(details ? { reasoning_details: details } : {}),
  };
}

function addToolCall(state: ChoiceState, delta: ToolCallDelta, textLimit: number): void {
  const known = state.toolCalls.get(delta.index);
  if (known) {
    known.pieces.add(delta.function.arguments);
    return;
  }
  const { index, ...rest } = delta;
  const call: ToolCall = {
    ...rest,
    id: delta.id ?? '',
    type: delta.type ?? 'function',
    function: { name: delta.function.name ?? '', arguments: '' },
  };
  const pieces = new TextPieces(textLimit);
  pieces.add(delta.function.arguments);
  state.toolCalls.set(index, { call, pieces });
}

function toolCallsOf(state: ChoiceState): ToolCall[] {
  return [...state.toolCalls.values()].map(({ call, pieces }) => ({
    ...call,
    function: { ...call.function, arguments: pieces.toString() },
  }));
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
