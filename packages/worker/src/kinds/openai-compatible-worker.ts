/** The kind that streams from OpenRouter, or from any other server that speaks OpenAI's chat completions. */
import { ORCESTATOR_MODEL, type JsonRecord } from '@orcestator/protocol';
import { upstreamHeaders, type UpstreamHeaderOptions } from '../upstream/upstream-headers';
import { upstreamModelOf, type ModelSettings } from '../upstream/upstream-model';
import type { AttemptOptions } from './upstream-attempt';
import { UpstreamGeneration, type RetryOptions } from './upstream-generation';
import type { ChatStream, GenerateContext, WorkerKind } from './worker-kind';

export interface OpenAiCompatibleOptions
  extends AttemptOptions, RetryOptions, ModelSettings, UpstreamHeaderOptions {
  /** Sent as `models` for requests of `orcestator`: OpenRouter tries them in order before the first token (openrouter.md §3.1). */
  readonly fallbackModels: readonly string[];
}

export class OpenAiCompatibleWorker implements WorkerKind {
  readonly #options: OpenAiCompatibleOptions;

  constructor(options: OpenAiCompatibleOptions) {
    this.#options = options;
  }

  /** Always a stream upstream, whatever the client wants: only a stream can be cancelled (openrouter.md §7). */
  generateStreamGate(body: JsonRecord, context: GenerateContext): ChatStream {
    const model = upstreamModelOf(body, String(context.headers['user-agent'] ?? ''), this.#options);
    const headers = upstreamHeaders(this.#options, context.headers);
    return new UpstreamGeneration(
      { model, body: this.#withFallback(body), headers, signal: context.signal },
      this.#options,
    );
  }

  close(): Promise<void> {
    return this.#options.client.close();
  }

  #withFallback(body: JsonRecord): JsonRecord {
    const { fallbackModels } = this.#options;
    if (fallbackModels.length === 0 || body.model !== ORCESTATOR_MODEL || body.models !== undefined)
      return body;
    return { ...body, models: fallbackModels };
  }
}
