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
  /** The model asked of the upstream, or, once it has spoken, the one that answers. */
  upstreamModel(): string;
  usage(): Usage | undefined;
  /** Choices that a broken stream has not closed yet. */
  openChoices(): number[];
  /** Answer headers worth handing on, such as `x-generation-id`; empty until upstream has answered. */
  headers(): Readonly<Record<string, string>>;
}

export interface WorkerKind {
  /** FastChat's `generate_stream_gate` for the native protocol: `body` is an OpenAI chat completion request. */
  generateStreamGate(body: JsonRecord, context: GenerateContext): ChatStream;
  close(): Promise<void>;
}
