/** What the upstream's `GET /models` says of its models; read when first asked for, never waited for again. */
import { isRecord, parseJson, type JsonRecord } from '@orcestator/protocol';
import { settledWithin, type Clock, type Logger, type StreamClient } from '@orcestator/service-kit';
import { readBodyText } from '@orcestator/stream-normaliser';

/** Lengths in tokens. */
export interface CatalogueFacts {
  readonly contextLength: number;
  readonly maxCompletionTokens: number | undefined;
}

export interface CatalogueOptions {
  readonly baseUrl: string;
  readonly headers: Record<string, string>;
  readonly client: StreamClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A model that nobody describes takes everything: the upstream refuses what is too long, and knows better. */
export const UNKNOWN_MODEL: CatalogueFacts = { contextLength: 1_000_000, maxCompletionTokens: undefined };

/** Milliseconds after which a list is read again, while the old one answers. OpenRouter's own cache lasts 5 min. */
const FRESH_MS = 60 * 60_000;
/** Milliseconds before an upstream that gave no list is asked again. */
const RETRY_MS = 60_000;
/** Milliseconds that the first question waits for the list. */
const FIRST_WAIT_MS = 3_000;
/** Milliseconds for the whole list. */
const LOAD_LIMIT_MS = 30_000;
/** Bytes; OpenRouter's list is half a megabyte. */
const LIST_LIMIT = 32 * 1024 * 1024;

export class ModelCatalogue {
  readonly #options: CatalogueOptions;
  #models: ReadonlyMap<string, CatalogueFacts> | undefined;
  #loading: Promise<void> | undefined;
  /** When the list is asked for next, in milliseconds of the monotonic clock. */
  #dueAt = -Infinity;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  async factsOf(model: string): Promise<CatalogueFacts> {
    const { clock } = this.#options;
    if (clock.monotonic() >= this.#dueAt) this.#loading ??= this.#load();
    if (!this.#models && this.#loading) await settledWithin(this.#loading, FIRST_WAIT_MS, clock);
    // `vendor/model:nitro` only steers the routing (openrouter.md §8); `:free` is in the list itself.
    return this.#models?.get(model) ?? this.#models?.get(model.replace(/:[^:]*$/, '')) ?? UNKNOWN_MODEL;
  }

  async #load(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      this.#models = await this.#fetch();
      this.#dueAt = clock.monotonic() + FRESH_MS;
    } catch (error) {
      this.#dueAt = clock.monotonic() + RETRY_MS;
      logger.warn("cannot read the upstream's list of models; context lengths are guessed", { cause: error });
    } finally {
      this.#loading = undefined;
    }
  }

  async #fetch(): Promise<ReadonlyMap<string, CatalogueFacts>> {
    const { baseUrl, headers, client, clock } = this.#options;
    const abort = new AbortController();
    const timer = clock.after(LOAD_LIMIT_MS, () => abort.abort(new Error('the list took too long')));
    try {
      const answer = await client.open({
        method: 'GET',
        url: `${baseUrl}/models`,
        headers,
        signal: abort.signal,
        headersTimeout: LOAD_LIMIT_MS,
      });
      const list = parseJson(await readBodyText(answer, LIST_LIMIT));
      if (answer.status !== 200 || !isRecord(list) || !Array.isArray(list.data))
        throw new Error(`status ${answer.status}, no list of models`);
      const entries = list.data
        .filter(isRecord)
        .map((model) => [String(model.id), readFacts(model)] as const);
      return new Map(entries.filter((entry): entry is [string, CatalogueFacts] => entry[1] !== undefined));
    } finally {
      timer.stop();
    }
  }
}

/** Under these names OpenRouter, vLLM, Mistral and Groq tell the context length; llama.cpp has it below `meta`. */
function readFacts(model: JsonRecord): CatalogueFacts | undefined {
  const provider = isRecord(model.top_provider) ? model.top_provider : {};
  const meta = isRecord(model.meta) ? model.meta : {};
  const contextLength = firstCount(
    model.context_length,
    model.max_model_len,
    model.max_context_length,
    model.context_window,
    meta.n_ctx,
    meta.n_ctx_train,
  );
  if (contextLength === undefined) return undefined;
  return {
    contextLength,
    maxCompletionTokens: firstCount(provider.max_completion_tokens, model.max_completion_tokens),
  };
}

function firstCount(...values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number' && value > 0);
}
