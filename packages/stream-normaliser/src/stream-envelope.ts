/** What the events of a stream say of the stream itself, beside their choices. */
import type { ChatChunkChoice, ChatCompletionChunk, JsonRecord, Usage } from '@orcestator/protocol';
import { readUsage } from './read-usage';
import { withFields, withoutFields } from './without-fields';

export interface EnvelopeOptions {
  /** Written as `model` in every chunk. */
  readonly model: string;
  /** Used when upstream gives no id. */
  readonly fallbackId: string;
  /** Unix seconds, used when upstream gives no `created`. */
  readonly created: number;
}

const otherwiseTold = new Set(['usage', 'error', 'choices']);

export class StreamEnvelope {
  readonly #options: EnvelopeOptions;
  #id: string | undefined;
  #created: number | undefined;
  #upstreamModel: string | undefined;
  #usage: Usage | undefined;
  /** Further fields: of the last event, and of those before it that gave no chunk (`openrouter_metadata`, `citations`). */
  #fields: JsonRecord = {};
  #isTold = true;

  constructor(options: EnvelopeOptions) {
    this.#options = options;
  }

  /** The fields that every chunk of this stream shares; the first value counts. */
  get shared(): Pick<ChatCompletionChunk, 'id' | 'created' | 'model'> {
    const { fallbackId, created, model } = this.#options;
    return { id: this.#id ?? fallbackId, created: this.#created ?? created, model };
  }

  /** The model that answers, as upstream names it. */
  get upstreamModel(): string | undefined {
    return this.#upstreamModel;
  }

  /** The last whole one: usage is kept to the end (pitfall 7). */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  take(event: JsonRecord): void {
    const { id, created, model, usage } = event;
    const fields = withoutFields(event, otherwiseTold);
    if (typeof id === 'string' && id !== '') this.#id ??= id;
    if (typeof created === 'number') this.#created ??= created;
    if (typeof model === 'string' && model !== '') this.#upstreamModel ??= model;
    this.takeUsage(usage);
    this.#fields = this.#isTold ? fields : { ...this.#fields, ...fields };
    this.#isTold = false;
  }

  takeUsage(usage: unknown): void {
    this.#usage = readUsage(usage) ?? this.#usage;
  }

  /** A chunk with these choices; what the first one says of the stream, all of them say. */
  tell(choices: ChatChunkChoice[]): ChatCompletionChunk {
    this.#id ??= this.#options.fallbackId;
    this.#created ??= this.#options.created;
    this.#isTold = true;
    const { id, created, model } = this.shared;
    return withFields(this.#fields, {
      id,
      object: 'chat.completion.chunk' as const,
      created,
      model,
      choices,
    });
  }
}
