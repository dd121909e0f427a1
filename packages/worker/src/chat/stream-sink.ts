/** Writes an answer as server-sent events, never silent for long, with every byte passed on at once. */
import type { Response } from 'express';
import {
  encodeErrorTail,
  encodeSseData,
  eventStreamHeaders,
  SSE_DONE,
  SSE_PING,
  type ChatCompletionChunk,
  type OrcestatorError,
  type StreamProgress,
  type Usage,
} from '@orcestator/protocol';
import { drained, watchSilence, type Clock, type SilenceWatch } from '@orcestator/service-kit';
import type { AnswerSink } from './answer-sink';

/** Milliseconds of silence after which a comment is sent; intermediaries give up after 60 s (pitfall 29). */
export const PING_INTERVAL_MS = 10_000;

export interface StreamSinkOptions {
  readonly includesUsage: boolean;
  readonly clock: Clock;
  /** A chunk as this client's API writes it; as it is where absent, which is chat's way. */
  readonly toEvent?: (chunk: ChatCompletionChunk) => unknown;
}

export class StreamSink implements AnswerSink {
  readonly #response: Response;
  readonly #options: StreamSinkOptions;
  readonly #silence: SilenceWatch;
  #sent: StreamProgress['sent'];

  constructor(response: Response, options: StreamSinkOptions) {
    this.#response = response;
    this.#options = options;
    // Until the first chunk an error can still be an HTTP status; after this silence the head goes out all the same.
    this.#silence = watchSilence(options.clock, PING_INTERVAL_MS, () => void this.#send(SSE_PING));
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    if (!this.#response.headersSent) this.#response.set(headers);
  }

  write(chunks: readonly ChatCompletionChunk[]): Promise<void> | void {
    this.#sent ??= chunks[0] && { id: chunks[0].id, created: chunks[0].created, model: chunks[0].model };
    this.#silence.touch();
    if (this.#send(chunks.map((chunk) => this.#encode(chunk)).join(''))) return;
    return drained(this.#response);
  }

  prepareEnd(usage: Usage | undefined): () => void {
    const { includesUsage } = this.#options;
    const last = includesUsage && usage && this.#sent ? this.#encode(usageChunk(this.#sent, usage)) : '';
    return () => {
      this.#send(last + SSE_DONE);
      this.#response.end();
    };
  }

  fail(error: OrcestatorError, openChoices: readonly number[]): boolean {
    if (!this.#response.headersSent) return false;
    // Only chat's clients want their choices closed (clients.md §3.3); others have no such chunk.
    const open = this.#options.toEvent ? [] : openChoices;
    this.#send(encodeErrorTail({ sent: this.#sent, openChoices: open }, error));
    this.#response.end();
    return true;
  }

  close(): void {
    this.#silence.stop();
  }

  #encode(chunk: ChatCompletionChunk): string {
    return encodeSseData(this.#options.toEvent?.(chunk) ?? chunk);
  }

  #send(text: string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return true;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, eventStreamHeaders);
    }
    return this.#response.write(text);
  }
}

function usageChunk(envelope: NonNullable<StreamProgress['sent']>, usage: Usage): ChatCompletionChunk {
  return { ...envelope, object: 'chat.completion.chunk', choices: [], usage };
}
