/** The kind that streams from OpenRouter, or from any other server that speaks OpenAI's API. */
import { ORCESTATOR_MODEL, REQUEST_ID_HEADER, type JsonRecord } from '@orcestator/protocol';
import { ModelCatalogue, type CatalogueOptions } from '../upstream/model-catalogue';
import { upstreamHeaders, type UpstreamHeaderOptions } from '../upstream/upstream-headers';
import { upstreamModelOf, type ModelSettings } from '../upstream/upstream-model';
import { withTrace } from '../upstream/upstream-request-id';
import type { AttemptOptions } from './upstream-attempt';
import type { RetryOptions } from './upstream-call';
import { UpstreamEmbeddings } from './upstream-embeddings';
import { UpstreamGeneration, type UpstreamRequest } from './upstream-generation';
import type { ChatStream, EmbeddingsStream, GenerateContext, ModelFacts, WorkerKind } from './worker-kind';

export interface OpenAiCompatibleOptions
  extends
    AttemptOptions,
    RetryOptions,
    ModelSettings,
    UpstreamHeaderOptions,
    Omit<CatalogueOptions, 'headers'> {
  /** Sent as `models` for requests of `orcestator`: OpenRouter tries them in order before the first token (openrouter.md §3.1). */
  readonly fallbackModels: readonly string[];
  /** Stands behind `orcestator` for embeddings: a chat model gives none. */
  readonly embeddingModel: string;
}

export class OpenAiCompatibleWorker implements WorkerKind {
  readonly #options: OpenAiCompatibleOptions;
  readonly #catalogue: ModelCatalogue;

  constructor(options: OpenAiCompatibleOptions) {
    this.#options = options;
    this.#catalogue = new ModelCatalogue({
      ...options,
      headers: upstreamHeaders(options, {}, 'application/json'),
    });
  }

  generateStreamGate(body: JsonRecord, context: GenerateContext): ChatStream {
    return new UpstreamGeneration('chat', this.#textRequest(body, context), this.#options);
  }

  completeStreamGate(body: JsonRecord, context: GenerateContext): ChatStream {
    return new UpstreamGeneration('text', this.#textRequest(body, context), this.#options);
  }

  getEmbeddings(body: JsonRecord, { headers, signal, requestId }: GenerateContext): EmbeddingsStream {
    const { embeddingModel } = this.#options;
    const request = {
      model: body.model === ORCESTATOR_MODEL ? embeddingModel : String(body.model),
      body,
      headers: {
        ...upstreamHeaders(this.#options, headers, 'application/json'),
        [REQUEST_ID_HEADER]: requestId,
      },
      signal,
    };
    return new UpstreamEmbeddings(request, this.#options);
  }

  async getModelFacts(model: string): Promise<ModelFacts> {
    const upstreamModel = upstreamModelOf({ model }, '', this.#options);
    return { upstreamModel, ...(await this.#catalogue.factsOf(upstreamModel)) };
  }

  close(): Promise<void> {
    return this.#options.client.close();
  }

  #textRequest(body: JsonRecord, { headers, signal, requestId }: GenerateContext): UpstreamRequest {
    return {
      model: upstreamModelOf(body, String(headers['user-agent'] ?? ''), this.#options),
      body: withTrace(this.#withFallback(body), requestId, this.#options.baseUrl),
      headers: { ...upstreamHeaders(this.#options, headers), [REQUEST_ID_HEADER]: requestId },
      signal,
    };
  }

  #withFallback(body: JsonRecord): JsonRecord {
    const { fallbackModels } = this.#options;
    if (fallbackModels.length === 0 || body.model !== ORCESTATOR_MODEL || body.models !== undefined)
      return body;
    return { ...body, models: fallbackModels };
  }
}
