/** Where the chunks of an answer go: a stream of events, or one body. */
import type { ChatCompletionChunk } from '@orcestator/protocol';
import type { OrcestatorError, Usage } from '@orcestator/protocol';

export interface AnswerSink {
  /** Sets the headers that go out with the first byte. */
  setHeaders(headers: Readonly<Record<string, string>>): void;
  /** Resolves when more may be written: a client that stops reading stops the upstream. */
  write(chunks: readonly ChatCompletionChunk[]): Promise<void> | void;
  /** Makes the end of the answer, which may fail; the result sends it, which does not. */
  prepareEnd(usage: Usage | undefined): () => void;
  /** Writes the error into what has begun, closing the choices that are open; `false` when nothing was sent, so that it can still be an HTTP error. */
  fail(error: OrcestatorError, openChoices: readonly number[]): boolean;
  /** Stops timers; called once, whatever happened. */
  close(): void;
}
