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
  type ChatCompletionChunk,
  type ChatDelta,
  type FinishReason,
  type JsonRecord,
  type SseEvent,
  type Usage,
} from '@orcestator/protocol';
import { BodyKind } from './body-kind';
import { BodyText } from './body-text';
import { ChoiceNormaliser, saysSomething, toldFields } from './choice-normaliser';
import { brokenFinish } from './finish-reason';
import { mapUpstreamError, type Clean } from './map-upstream-error';
import { readError, readErrorOf } from './read-error';
import { StreamEnvelope, type EnvelopeOptions } from './stream-envelope';
import { withFields, withoutFields } from './without-fields';

/** Characters of tool calls that may wait for the end of a call before them. */
const WAITING_LIMIT = 32 * 1024 * 1024;

/** What the stream is made with. */
export interface NormaliserOptions extends EnvelopeOptions {
  /** Makes upstream's texts fit for a client. */
  readonly clean: Clean;
}

export type StreamOutcome = { readonly ok: true } | { readonly ok: false; readonly error: OrcestatorError };

export class StreamNormaliser {
  readonly #options: NormaliserOptions;
  readonly #envelope: StreamEnvelope;
  readonly #decoder = new SseDecoder();
  readonly #kind = new BodyKind();
  /** One JSON value in place of events, as it comes. */
  readonly #body = new BodyText();
  readonly #choices = new Map<number, ChoiceNormaliser>();
  /** Ids of tool calls, of all choices. */
  readonly #usedIds = new Set<string>();
  #outcome: StreamOutcome | undefined;
  #payloads = 0;
  /** What came in place of JSON: perhaps the reason of an end that is none. */
  #oddity = '';

  constructor(options: NormaliserOptions) {
    this.#options = options;
    this.#envelope = new StreamEnvelope(options);
  }

  /** Set once the stream is over, soundly or not. */
  get outcome(): StreamOutcome | undefined {
    return this.#outcome;
  }

  get usage(): Usage | undefined {
    return this.#envelope.usage;
  }

  /** The model that answers, as upstream names it. */
  get upstreamModel(): string | undefined {
    return this.#envelope.upstreamModel;
  }

  /** The fields that every chunk of this stream shares. */
  get envelope(): Pick<ChatCompletionChunk, 'id' | 'created' | 'model'> {
    return this.#envelope.shared;
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

  /** Events so far that said something, also where nothing of it could go out yet. */
  get payloads(): number {
    return this.#payloads;
  }

  /** The chunks that these bytes complete; nothing any more after the outcome. */
  push(bytes: Uint8Array): ChatCompletionChunk[] {
    const at = this.#kind.kind === undefined ? this.#kind.look(bytes) : 0;
    if (this.#kind.kind === 'json') return this.#keep(bytes.subarray(at));
    return this.#read(() => this.#decoder.push(bytes));
  }

  /** To be called at the end of the bytes: the last chunks, and the outcome if there was none. */
  end(): ChatCompletionChunk[] {
    if (this.#kind.kind === 'json' && !this.#outcome) return this.pushBody(this.#body.take());
    const chunks = this.#read(() => this.#decoder.end());
    return this.#outcome ? chunks : [...chunks, ...this.#close()];
  }

  /** One whole JSON answer in place of a stream (pitfalls 28, 37; openrouter.md §4, §6.7). */
  pushBody(text: string): ChatCompletionChunk[] {
    const json = text.replace(/^\s*(?::[^\n]*\n\s*)*/, '').trim();
    const chunks: ChatCompletionChunk[] = [];
    if (json !== '') this.#takeData({ event: 'message', data: json }, chunks);
    return this.#outcome ? chunks : [...chunks, ...this.#close()];
  }

  #keep(bytes: Uint8Array): ChatCompletionChunk[] {
    if (!this.#outcome && !this.#body.add(bytes)) this.#failWith("The upstream's answer is too large.");
    return [];
  }

  #read(decode: () => SseEvent[]): ChatCompletionChunk[] {
    const chunks: ChatCompletionChunk[] = [];
    if (this.#outcome) return chunks;
    try {
      for (const event of decode()) {
        this.#takeData(event, chunks);
        if (this.#outcome) break;
      }
    } catch (error) {
      if (!(error instanceof SseEventTooLargeError)) throw error;
      this.#failWith(`The upstream's answer was given up: ${error.message}.`);
    }
    return chunks;
  }

  #takeData({ event: name, data }: SseEvent, chunks: ChatCompletionChunk[]): void {
    const text = data.trim();
    // Empty payloads, `null` and comments that a proxy wrapped in `data:` say nothing (pitfalls 2, 3, 44).
    if (text === '' || text === 'null' || text.startsWith(':')) return;
    const value = text === '[DONE]' ? text : parseJson(text);
    if (value === '[DONE]') {
      chunks.push(...this.#close());
      return;
    }
    if (name === 'error')
      return this.#failAs(isRecord(value) ? (readErrorOf(value) ?? value) : { message: text });
    const events = (Array.isArray(value) ? value : [value]).filter(isRecord);
    for (const event of events) this.#takeEvent(event, chunks);
    if (events.length === 0) this.#takeOddity(text);
  }

  /** Half an object may have been content; a word that was never JSON is a keep-alive, or an error in plain words (pitfall 38). */
  #takeOddity(text: string): void {
    if (!text.startsWith('{')) this.#oddity = text;
    // After the finish only usage is missing, and an answer can do without.
    else if (!this.isFinished) this.#failWith('The upstream sent something that is not JSON in its stream.');
  }

  #takeEvent(event: JsonRecord, chunks: ChatCompletionChunk[]): void {
    this.#envelope.take(event);
    const error = readErrorOf(event);
    if (error) this.#payloads += 1;
    const choices = Array.isArray(event.choices) ? event.choices.filter(isRecord) : [];
    for (const choice of choices) this.#takeChoice(choice, error !== undefined, chunks);
    if (error) this.#failAs(error);
  }

  #takeChoice(choice: JsonRecord, isError: boolean, chunks: ChatCompletionChunk[]): void {
    const state = this.#choice(typeof choice.index === 'number' ? choice.index : 0);
    const { delta, message, text, finish_reason: finish, error, usage } = choice;
    const rest = withoutFields(choice, toldFields);
    // Kimi tells the usage here.
    this.#envelope.takeUsage(usage);
    const deltas = state.push(choice);
    if (deltas.length > 0 || [delta, message, { text }].some((part) => isRecord(part) && saysSomething(part)))
      this.#payloads += 1;
    if (state.waiting > WAITING_LIMIT) return this.#failWith("The upstream's tool calls are too large.");
    // The token of half a character has no text, but its probability is told all the same.
    if (deltas.length === 0 && isRecord(rest.logprobs)) deltas.push({ content: '' });
    // What stands beside the deltas is told once.
    deltas.forEach((one, at) => chunks.push(this.#chunk(state.index, one, at === 0 ? rest : {})));
    const own = readError(error);
    if (own) return this.#failAs(own);
    const broken = brokenFinish(finish, choice.native_finish_reason);
    // The error object of the same event, if any, says more than the word: it is looked at next.
    if (broken !== undefined && !isError)
      this.#failWith(`The model's answer broke off (${this.#options.clean(broken)}).`);
  }

  #choice(index: number): ChoiceNormaliser {
    let state = this.#choices.get(index);
    if (!state) {
      const makeId = (call: number): string =>
        `call_${this.envelope.id.replace(/^gen-/, '')}_${index}_${call}`;
      state = new ChoiceNormaliser(index, makeId, this.#usedIds);
      this.#choices.set(index, state);
    }
    return state;
  }

  #chunk(
    index: number,
    delta: ChatDelta,
    rest: JsonRecord = {},
    finish: FinishReason | null = null,
  ): ChatCompletionChunk {
    return this.#envelope.tell([withFields(rest, { index, delta, finish_reason: finish })]);
  }

  /** The end of the stream: finish chunks when every choice has its reason, else an error. */
  #close(): ChatCompletionChunk[] {
    if (!this.isFinished) {
      const said = this.#oddity === '' ? '' : ` It said: ${this.#options.clean(this.#oddity)}`;
      this.#failWith(
        this.#choices.size > 0
          ? `The upstream ended its answer before it was complete.${said}`
          : `The upstream sent an empty answer.${said}`,
      );
      return [];
    }
    const chunks: ChatCompletionChunk[] = [];
    for (const state of this.#choices.values()) {
      for (const delta of state.end()) chunks.push(this.#chunk(state.index, delta));
      chunks.push(this.#chunk(state.index, {}, state.finishFields, state.finishReason));
    }
    this.#outcome = { ok: true };
    return chunks;
  }

  #failAs(error: JsonRecord): void {
    const { clean, created } = this.#options;
    if (!this.#outcome) this.#fail(mapUpstreamError({ error }, { clean, now: created * 1_000 }));
  }

  #failWith(message: string): void {
    this.#fail(new OrcestatorError('upstream_failed', message));
  }

  #fail(error: OrcestatorError): void {
    this.#outcome ??= { ok: false, error };
  }
}
