/**
 * Upstream bytes → clean chunks: a pure, incremental transformation without any networking. Any cut of the same bytes
 * gives the same chunks. The rules, by pitfall of openrouter.md §10: comments are dropped (1, 2), bytes and characters
 * may be cut anywhere (20, 21), `choices: []` is never passed on (5, 43), the first finish counts (6), usage is kept
 * to the end (7), errors are looked for before choices (16), `model` is the gateway's (22), no end without a finish
 * chunk (10, 26, 42), odd payloads are skipped (44).
 */
import {
  isRecord,
  OrcestatorError,
  parseJson,
  SseDecoder,
  SseEventTooLargeError,
  type ChatChunkChoice,
  type ChatCompletionChunk,
  type ChatDelta,
  type JsonRecord,
  type Usage,
} from '@orcestator/protocol';
import { ChoiceNormaliser } from './choice-normaliser';
import { brokenFinish } from './finish-reason';
import { mapUpstreamError, type Clean } from './map-upstream-error';
import { readUsage } from './read-usage';

/** What the stream is made with. */
export interface NormaliserOptions {
  /** Written as `model` in every chunk. */
  readonly model: string;
  /** Used when upstream gives no id. */
  readonly fallbackId: string;
  /** Unix seconds, used when upstream gives no `created`. */
  readonly created: number;
  /** Makes upstream's texts fit for a client. */
  readonly clean: Clean;
}

export type StreamOutcome = { readonly ok: true } | { readonly ok: false; readonly error: OrcestatorError };

export class StreamNormaliser {
  readonly #options: NormaliserOptions;
  readonly #decoder = new SseDecoder();
  readonly #choices = new Map<number, ChoiceNormaliser>();
  #id: string | undefined;
  #created: number | undefined;
  #usage: Usage | undefined;
  #outcome: StreamOutcome | undefined;
  #upstreamModel: string | undefined;
  /** Fields beside the known ones, so that those of the last event (`openrouter_metadata`, say) are not lost. */
  #fields: JsonRecord = {};

  constructor(options: NormaliserOptions) {
    this.#options = options;
  }

  /** Set once the stream is over, soundly or not. */
  get outcome(): StreamOutcome | undefined {
    return this.#outcome;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** The model that answers, as upstream names it. */
  get upstreamModel(): string | undefined {
    return this.#upstreamModel;
  }

  /** The fields that every chunk of this stream shares. */
  get envelope(): Pick<ChatCompletionChunk, 'id' | 'created' | 'model'> {
    const { fallbackId, created, model } = this.#options;
    return { id: this.#id ?? fallbackId, created: this.#created ?? created, model };
  }

  /** Choices that have begun and not been closed by a finish chunk. */
  get openChoices(): number[] {
    return this.#outcome?.ok ? [] : [...this.#choices.keys()];
  }

  /** True once upstream has said how every choice ends; only usage and `[DONE]` may follow. */
  get isFinished(): boolean {
    return (
      this.#choices.size > 0 &&
      [...this.#choices.values()].every((choice) => choice.finishReason !== undefined)
    );
  }

  /** The chunks that these bytes complete; nothing any more after the outcome. */
  push(bytes: Uint8Array): ChatCompletionChunk[] {
    return this.#read(() => this.#decoder.push(bytes));
  }

  /** To be called at the end of the bytes: the last chunks, and the outcome if there was none. */
  end(): ChatCompletionChunk[] {
    const chunks = this.#read(() => this.#decoder.end());
    return this.#outcome ? chunks : [...chunks, ...this.#close()];
  }

  /** One whole JSON answer in place of a stream (pitfalls 28, 37; openrouter.md §4, §6.7). */
  pushBody(text: string): ChatCompletionChunk[] {
    const json = text.replace(/^\s*(?::[^\n]*\n\s*)*/, '').trim();
    const chunks: ChatCompletionChunk[] = [];
    if (json !== '') this.#takeData(json, chunks);
    return this.#outcome ? chunks : [...chunks, ...this.#close()];
  }

  #read(decode: () => { data: string }[]): ChatCompletionChunk[] {
    const chunks: ChatCompletionChunk[] = [];
    if (this.#outcome) return chunks;
    try {
      for (const event of decode()) {
        this.#takeData(event.data, chunks);
        if (this.#outcome) break;
      }
    } catch (error) {
      if (!(error instanceof SseEventTooLargeError)) throw error;
      this.#fail(
        new OrcestatorError('upstream_failed', `The upstream's answer was given up: ${error.message}.`),
      );
    }
    return chunks;
  }

  #takeData(data: string, chunks: ChatCompletionChunk[]): void {
    const text = data.trim();
    if (text === '[DONE]') {
      chunks.push(...this.#close());
      return;
    }
    // Empty payloads, `null` and comments that a proxy wrapped in `data:` say nothing (pitfalls 2, 3, 44).
    if (text === '' || text === 'null' || text.startsWith(':')) return;
    const event = parseJson(text);
    if (isRecord(event)) return this.#takeEvent(event, chunks);
    this.#fail(
      new OrcestatorError('upstream_failed', 'The upstream sent something that is not JSON in its stream.'),
    );
  }

  #takeEvent(event: JsonRecord, chunks: ChatCompletionChunk[]): void {
    this.#takeEnvelope(event);
    const choices = Array.isArray(event.choices) ? event.choices.filter(isRecord) : [];
    for (const choice of choices) this.#takeChoice(event, choice, chunks);
    if (isRecord(event.error) || typeof event.error === 'string') {
      this.#fail(mapUpstreamError(event, this.#options));
    }
    // vLLM up to 0.10: the event itself is the error.
    else if (event.object === 'error') this.#fail(mapUpstreamError({ error: event }, this.#options));
  }

  #takeEnvelope(event: JsonRecord): void {
    if (typeof event.id === 'string' && event.id !== '') this.#id ??= event.id;
    if (typeof event.created === 'number') this.#created ??= event.created;
    if (typeof event.model === 'string' && event.model !== '') this.#upstreamModel ??= event.model;
    this.#usage = readUsage(event.usage) ?? this.#usage;
    const { usage: _usage, error: _error, choices: _choices, ...fields } = event;
    this.#fields = fields;
  }

  #takeChoice(event: JsonRecord, choice: JsonRecord, chunks: ChatCompletionChunk[]): void {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    let state = this.#choices.get(index);
    if (!state) {
      state = new ChoiceNormaliser(
        index,
        (call) => `call_${this.envelope.id.replace(/^gen-/, '')}_${index}_${call}`,
      );
      this.#choices.set(index, state);
    }
    const { delta: _delta, message: _message, text: _text, finish_reason: finish, error, ...rest } = choice;
    for (const delta of state.push(choice)) chunks.push(this.#chunk(rest, index, delta));
    const broken = brokenFinish(finish, choice.native_finish_reason);
    if (isRecord(error)) this.#fail(mapUpstreamError({ error }, this.#options));
    // The error object of the same event, if any, says more than the word: it is looked at next.
    else if (broken !== undefined && event.error === undefined) {
      this.#fail(
        new OrcestatorError(
          'upstream_failed',
          `The model's answer broke off (${this.#options.clean(broken)}).`,
        ),
      );
    }
  }

  #chunk(choice: JsonRecord, index: number, delta: ChatDelta): ChatCompletionChunk {
    const clean: ChatChunkChoice = { ...choice, index, delta, finish_reason: null };
    return { ...this.#fields, ...this.envelope, object: 'chat.completion.chunk', choices: [clean] };
  }

  /** The end of the stream: finish chunks when every choice has its reason, else an error. */
  #close(): ChatCompletionChunk[] {
    if (!this.isFinished) {
      const message =
        this.#choices.size > 0
          ? 'The upstream ended its answer before it was complete.'
          : 'The upstream sent an empty answer.';
      this.#fail(new OrcestatorError('upstream_failed', message));
      return [];
    }
    const chunks: ChatCompletionChunk[] = [];
    for (const state of this.#choices.values()) {
      for (const delta of state.end()) chunks.push(this.#chunk({}, state.index, delta));
      const finish: ChatChunkChoice = {
        index: state.index,
        delta: {},
        finish_reason: state.finishReason ?? null,
      };
      chunks.push({ ...this.#fields, ...this.envelope, object: 'chat.completion.chunk', choices: [finish] });
    }
    this.#outcome = { ok: true };
    return chunks;
  }

  #fail(error: OrcestatorError): void {
    this.#outcome ??= { ok: false, error };
  }
}
