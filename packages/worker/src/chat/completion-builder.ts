/** Clean chunks → one message: the body of a non-stream answer, and what the log shows of any answer. */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  FinishReason,
  JsonRecord,
  ToolCall,
  Usage,
} from '@orcestator/protocol';
import { withoutFields } from '@orcestator/stream-normaliser';
import { ChoiceBuilder } from './choice-builder';

/** The parts of an answer that a person wants to read. */
export interface AnswerText {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
  /** Characters that came and were not kept. */
  readonly omitted: number;
}

const keptElsewhere = new Set(['choices', 'usage']);

export class CompletionBuilder {
  readonly #textLimit: number;
  readonly #choices = new Map<number, ChoiceBuilder>();
  /** Fields of all chunks: those that only an early one had stay. */
  #envelope: JsonRecord = {};

  /**
   * `textLimit`: characters that are kept of each text. A stream has been sent on by the time it is recorded, so that
   * no more of it need be held than the records show (`reasoning_details` excepted: they must go back whole).
   */
  constructor(textLimit = Infinity) {
    this.#textLimit = textLimit;
  }

  add(chunk: ChatCompletionChunk): void {
    Object.assign(this.#envelope, withoutFields(chunk, keptElsewhere));
    for (const choice of chunk.choices) this.#choice(choice.index).add(choice);
  }

  /** The first choice as text. */
  text(): AnswerText {
    const choice = this.#choices.get(0);
    return {
      content: choice?.content() ?? '',
      toolCalls: choice?.toolCalls() ?? [],
      omitted: choice?.omitted() ?? 0,
    };
  }

  /** Of the first choice, whole and in order; `undefined` when upstream sent none. */
  reasoningDetails(): readonly unknown[] | undefined {
    return this.#choices.get(0)?.reasoningDetails();
  }

  /** What the first choice says of itself; `undefined` and empty where it has not come to that. */
  facts(): { id: string; provider: string; reasoning: string; finishReason: FinishReason | undefined } {
    const { id, provider } = this.#envelope;
    const choice = this.#choices.get(0);
    return {
      id: typeof id === 'string' ? id : '',
      provider: typeof provider === 'string' ? provider : '',
      reasoning: choice?.reasoning() ?? '',
      finishReason: choice?.finishReason,
    };
  }

  toCompletion(usage: Usage | undefined): ChatCompletion {
    const choices = [...this.#choices.values()].sort((one, other) => one.index - other.index);
    const envelope = this.#envelope as Pick<ChatCompletion, 'id' | 'created' | 'model'>;
    return {
      ...envelope,
      object: 'chat.completion',
      choices: choices.map((choice) => choice.toJSON()),
      ...(usage ? { usage } : {}),
    };
  }

  #choice(index: number): ChoiceBuilder {
    const choice = this.#choices.get(index) ?? new ChoiceBuilder(index, this.#textLimit);
    this.#choices.set(index, choice);
    return choice;
  }
}
