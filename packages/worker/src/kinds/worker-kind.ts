/** What every kind of worker offers to the routes. A new kind is one file here; `definition.ts` chooses. */
import type { ChatCompletionChunk, JsonRecord, Usage } from '@orcestator/protocol';

/** Who asks, and how to stop. */
export interface GenerateContext {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Aborts when the client has left or the service stops; its reason is thrown to the reader of the stream. */
  readonly signal: AbortSignal;
}

/** An answer under way. */
export interface ChatStream {
  /** Clean chunks without usage, in batches as they came. Throws an `OrcestatorError` when the answer breaks. */
  readonly chunks: AsyncIterable<ChatCompletionChunk[]>;
  /** Aborts when the answer is broken off, by its total time or by the context's signal: nobody should wait for its client then. */
  readonly signal: AbortSignal;
  /** The model asked of the upstream, or, once it has spoken, the one that answers. */
  upstreamModel(): string;
  usage(): Usage | undefined;
  /** Choices that a broken stream has not closed yet. */
  openChoices(): number[];
  /** Answer headers worth handing on, such as `x-generation-id`; empty until upstream has answered. */
  headers(): Readonly<Record<string, string>>;
}

/** Vectors under way; `chunks` is one chunk whose content sums them up, for the record. */
export interface EmbeddingsStream extends ChatStream {
  /** OpenAI's body (`object: "list"`), once `chunks` has ended. */
  answer(): JsonRecord;
}

/** What is known of the model behind a name. */
export interface ModelFacts {
  /** The upstream's id: its tokenizer counts. */
  readonly upstreamModel: string;
  /** Tokens of prompt and answer together. */
  readonly contextLength: number;
  /** Tokens of the longest answer; `undefined` when the upstream does not say. */
  readonly maxCompletionTokens: number | undefined;
}

export interface WorkerKind {
  /** FastChat's `generate_stream_gate` for the native protocol: `body` is an OpenAI chat completion request. */
  generateStreamGate(body: JsonRecord, context: GenerateContext): ChatStream;
  /** The same for OpenAI's older completions; a chunk's text is its delta's content. */
  completeStreamGate(body: JsonRecord, context: GenerateContext): ChatStream;
  /** FastChat's `get_embeddings`: `body` is an OpenAI embeddings request. */
  getEmbeddings(body: JsonRecord, context: GenerateContext): EmbeddingsStream;
  /** Never fails: where nothing is known there are defaults. */
  getModelFacts(model: string): Promise<ModelFacts>;
  close(): Promise<void>;
}
