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
import { mergeReasoningDetails } from './merge-reasoning-details';

interface ChoiceState {
  readonly content: TextPieces;
  readonly toolCalls: Map<number, { call: ToolCall; pieces: TextPieces }>;
  /** Fields beside content and tool calls: reasoning, annotations, images … */
  readonly fields: JsonRecord;
  finishReason: FinishReason;
}

/** The parts of an answer that a person wants to read. */
export interface AnswerText {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
}

export class CompletionBuilder {
  readonly #choices = new Map<number, ChoiceState>();
  #envelope: JsonRecord = {};

  add(chunk: ChatCompletionChunk): void {
    const { choices, usage: _usage, ...envelope } = chunk;
    this.#envelope = envelope;
    for (const choice of choices) {
      const state = this.#choice(choice.index);
      addDelta(state, choice.delta);
      if (choice.finish_reason) state.finishReason = choice.finish_reason;
    }
  }

  /** The first choice as text. */
  text(): AnswerText {
    const state = this.#choices.get(0);
    return { content: state?.content.toString() ?? '', toolCalls: state ? toolCallsOf(state) : [] };
  }

  /** Of the first choice, whole and in order; `undefined` when upstream sent none. */
  reasoningDetails(): readonly unknown[] | undefined {
    const details = this.#choices.get(0)?.fields.reasoning_details;
    return Array.isArray(details) ? (details as unknown[]) : undefined;
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
          ...state.fields,
          ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
        },
        logprobs: null,
        finish_reason: state.finishReason,
      };
    });
    const envelope = this.#envelope as Pick<ChatCompletion, 'id' | 'created' | 'model'>;
    return { ...envelope, object: 'chat.completion', choices, ...(usage ? { usage } : {}) };
  }

  #choice(index: number): ChoiceState {
    let state = this.#choices.get(index);
    if (!state) {
      state = { content: new TextPieces(), toolCalls: new Map(), fields: {}, finishReason: 'stop' };
      this.#choices.set(index, state);
    }
    return state;
  }
}

function addDelta(state: ChoiceState, delta: ChatDelta): void {
  const { role: _role, content, tool_calls: toolCalls, ...fields } = delta;
  if (content) state.content.add(content);
  for (const call of toolCalls ?? []) addToolCall(state, call);
  for (const [name, value] of Object.entries(fields))
    state.fields[name] = merge(name, state.fields[name], value);
}

function addToolCall(state: ChoiceState, delta: ToolCallDelta): void {
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
  const pieces = new TextPieces();
  pieces.add(delta.function.arguments);
  state.toolCalls.set(index, { call, pieces });
}

function toolCallsOf(state: ChoiceState): ToolCall[] {
  return [...state.toolCalls.values()].map(({ call, pieces }) => ({
    ...call,
    function: { ...call.function, arguments: pieces.toString() },
  }));
}

/** Texts grow, lists grow, anything else is replaced. */
function merge(name: string, known: unknown, added: unknown): unknown {
  if (name === 'reasoning_details' && Array.isArray(added))
    return mergeReasoningDetails(asList(known), added);
  if (typeof known === 'string' && typeof added === 'string') return known + added;
  if (Array.isArray(known) && Array.isArray(added)) return [...(known as unknown[]), ...(added as unknown[])];
  return isRecord(known) && isRecord(added) ? { ...known, ...added } : added;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
