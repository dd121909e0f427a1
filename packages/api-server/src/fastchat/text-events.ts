/** The generations of one answer → the events of its stream, whatever happens to the worker. */
import {
  encodeErrorTail,
  encodeSseData,
  OrcestatorError,
  SSE_DONE,
  type FinishReason,
  type JsonRecord,
} from '@orcestator/protocol';
import type { AnswerShape, Envelope } from './answer-shapes';
import { isError, type TextFrame } from './frames/frame-decoder';
import { finishReasonOf, sumUsage, type Generation } from './generation';
import { toWorkerError } from './worker-error';

export interface TextEventsOptions {
  readonly generations: readonly Generation[];
  readonly shape: AnswerShape;
  readonly envelope: Envelope;
  readonly includeUsage: boolean;
  /** Opens the worker's stream for one generation. */
  readonly open: (generation: Generation) => Promise<AsyncIterable<readonly TextFrame[]>>;
  /** What broke the stream, in words for the client. */
  readonly explain: (error: unknown) => OrcestatorError;
}

interface ChoiceState {
  /** Of the last frame. */
  fields: JsonRecord | undefined;
  reason: FinishReason | undefined;
}

/**
 * The stream of an answer. FastChat's order: one choice after the other, the finish chunks together at the end. Until
 * something was sent, errors are thrown, so that they can become an HTTP status or another worker's chance.
 */
export class TextEvents {
  /** Choices that have begun and not ended. */
  readonly #open = new Set<number>();
  readonly #usages: unknown[] = [];
  #finishes = '';
  /** From now on errors are written into the stream: something has gone out already. */
  hasBegun = false;

  constructor(readonly options: TextEventsOptions) {}

  async *events(): AsyncGenerator<Buffer> {
    try {
      for (const generation of this.options.generations) {
        for await (const text of this.#choice(generation)) {
          this.hasBegun = true;
          yield Buffer.from(text);
        }
      }
      yield Buffer.from(this.#finishes + this.#usageChunk() + SSE_DONE);
    } catch (error) {
      if (!this.hasBegun) throw error;
      yield Buffer.from(this.#finishes + this.#errorTail(error));
    }
  }

  async *#choice(generation: Generation): AsyncGenerator<string> {
    const { shape, open } = this.options;
    const { index } = generation;
    const opening = shape.opening(index);
    const state: ChoiceState = { fields: undefined, reason: undefined };
    const frames = await open(generation);
    let before = opening ? this.#chunk(opening) : '';
    for await (const batch of frames) {
      const { text, error } = this.#batch(batch, index, state);
      if (text !== '') {
        this.#open.add(index);
        yield before + text;
        before = '';
      }
      if (error) throw error;
    }
    const { fields } = state;
    const reason = state.reason ?? (fields && finishReasonOf(fields));
    // Not one frame, or a reason that was announced and never given: the answer is not whole.
    if (!fields || !reason) throw new Error('the stream ended without its finish_reason');
    if (before !== '') yield before;
    this.#open.delete(index);
    this.#usages.push(fields.usage);
    this.#finishes += this.#chunk(shape.finish(index, reason, fields));
  }

  /** The deltas of several frames, up to an error among them. */
  #batch(
    batch: readonly TextFrame[],
    index: number,
    state: ChoiceState,
  ): { text: string; error?: OrcestatorError } {
    let text = '';
    for (const { delta, fields } of batch) {
      if (isError(fields)) return { text, error: toWorkerError(Number(fields.error_code), textOf(fields)) };
      // The decoder's last word, a text that was held back, has no fields.
      if (Object.keys(fields).length > 0) state.fields = fields;
      if ('finish_reason' in fields) state.reason = finishReasonOf(fields) ?? state.reason;
      if (delta !== '') text += this.#chunk(this.options.shape.delta(index, delta, state.fields ?? {}));
    }
    return { text };
  }

  #chunk(choice: JsonRecord): string {
    return this.#encode([choice]);
  }

  #encode(choices: readonly JsonRecord[], more: JsonRecord = {}): string {
    const { id, created, model } = this.options.envelope;
    return encodeSseData({ id, object: this.options.shape.chunkObject, created, model, choices, ...more });
  }

  #usageChunk(): string {
    if (!this.options.includeUsage) return '';
    const usage = sumUsage(this.#usages);
    return usage ? this.#encode([], { usage }) : '';
  }

  #errorTail(error: unknown): string {
    const { shape, explain } = this.options;
    const closing = [...this.#open].map((index) => this.#chunk(shape.finish(index, 'error', {})));
    return closing.join('') + encodeErrorTail({ openChoices: [] }, explain(error));
  }
}

function textOf(fields: JsonRecord): string {
  return typeof fields.text === 'string' ? fields.text : '';
}
