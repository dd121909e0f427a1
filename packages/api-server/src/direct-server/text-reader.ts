/** Events of a `/v1/completions` stream → what the client gets of them: each choice ends once, an error is one, nothing is lost unseen. */
import {
  encodeSseData,
  isRecord,
  ORCESTATOR_MODEL,
  OrcestatorError,
  parseJson,
  type JsonRecord,
  type SseEvent,
} from '@orcestator/protocol';
import { brokenFinish } from '@orcestator/stream-normaliser';
import { clean, errorInBody } from './direct-errors';

export class TextReader {
  readonly #includesUsage: boolean;
  /** Choices that have begun, and those of them that have ended. */
  readonly #begun = new Set<unknown>();
  readonly #ended = new Set<unknown>();
  #isDone = false;
  #failure: OrcestatorError | undefined;
  upstreamModel: string | undefined;

  constructor(includesUsage: boolean) {
    this.#includesUsage = includesUsage;
  }

  /** `[DONE]` or an error has come: nothing after it counts. */
  get isOver(): boolean {
    return this.#isDone || this.#failure !== undefined;
  }

  /** The events as the client gets them, up to an error among them. */
  read(events: readonly Pick<SseEvent, 'data'>[]): string {
    return events.map(({ data }) => this.#readData(data.trim())).join('');
  }

  /** To be asked at the end: why the answer is not whole; `undefined` where it is. */
  flaw(): OrcestatorError | undefined {
    const isWhole = this.#begun.size > 0 && this.#ended.size === this.#begun.size;
    return this.#failure ?? (isWhole ? undefined : failed('ended its answer before it was complete'));
  }

  #readData(data: string): string {
    // Empty payloads, `null` and comments that a proxy wrapped in `data:` say nothing (pitfalls 2, 3, 44).
    if (this.isOver || data === '' || data === 'null' || data.startsWith(':')) return '';
    if (data === '[DONE]') {
      this.#isDone = true;
      return '';
    }
    const chunk = parseJson(data);
    if (isRecord(chunk)) return this.#readChunk(chunk);
    this.#failure = failed('sent something that is not JSON in its stream');
    return '';
  }

  #readChunk(given: JsonRecord): string {
    const { usage, error: _error, ...chunk } = given;
    const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isRecord) : [];
    if (typeof chunk.model === 'string') this.upstreamModel ??= chunk.model;
    this.#failure = errorInBody(given) ?? breakIn(choices);
    const passed = choices.flatMap((choice) => this.#readChoice(choice));
    const isUsage = this.#includesUsage && isRecord(usage);
    if (passed.length === 0 && (!isUsage || this.#failure)) return '';
    return encodeSseData({
      ...chunk,
      model: ORCESTATOR_MODEL,
      choices: passed,
      ...(isUsage && { usage }),
    });
  }

  /** At most one: a choice that has ended says nothing more (pitfall 6), one that breaks has no end but its text. */
  #readChoice({ error: _error, ...choice }: JsonRecord): JsonRecord[] {
    const { index = 0, text, finish_reason: reason } = choice;
    if (this.#ended.has(index)) return [];
    if (this.#failure) return text ? [{ ...choice, finish_reason: null }] : [];
    this.#begun.add(index);
    // Some servers write an empty reason into each chunk (pitfall 44).
    const finish = typeof reason === 'string' && reason !== '' ? reason : null;
    if (finish !== null) this.#ended.add(index);
    return [{ ...choice, finish_reason: finish }];
  }
}

function breakIn(choices: readonly JsonRecord[]): OrcestatorError | undefined {
  for (const { finish_reason: reason, native_finish_reason: native } of choices) {
    const word = brokenFinish(reason, native);
    if (word !== undefined) return failed(`broke off its answer (${clean(word)})`);
  }
  return undefined;
}

function failed(what: string): OrcestatorError {
  return new OrcestatorError('upstream_failed', `The server of this model ${what}.`);
}
