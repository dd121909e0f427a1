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

export class StreamSink implements AnswerSink {
  readonly #response: Response;
  readonly #includesUsage: boolean;
  readonly #silence: SilenceWatch;
  #sent: StreamProgress['sent'];

  constructor(response: Response, includesUsage: boolean, clock: Clock) {
    this.#response = response;
    this.#includesUsage = includesUsage;
    // Until the first chunk an error can still be an HTTP status; after this silence the head goes out all the same.
    this.#silence = watchSilence(clock, PING_INTERVAL_MS, () => void this.#send(SSE_PING));
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    if (!this.#response.headersSent) this.#response.set(headers);
  }

  write(chunks: readonly ChatCompletionChunk[]): Promise<void> | void {
    this.#sent ??= chunks[0] && { id: chunks[0].id, created: chunks[0].created, model: chunks[0].model };
    this.#silence.touch();
    if (this.#send(chunks.map(encodeSseData).join(''))) return;
    return drained(this.#response);
  }

  end(usage: Usage | undefined): void {
    const last =
      this.#includesUsage && usage && this.#sent ? encodeSseData(this.#usageChunk(this.#sent, usage)) : '';
    this.#send(last + SSE_DONE);
    this.#response.end();
  }

  fail(error: OrcestatorError, openChoices: readonly number[]): boolean {
    if (!this.#response.headersSent) return false;
    this.#send(encodeErrorTail({ sent: this.#sent, openChoices }, error));
    this.#response.end();
    return true;
  }

  close(): void {
    this.#silence.stop();
  }

  #usageChunk(envelope: NonNullable<StreamProgress['sent']>, usage: Usage): ChatCompletionChunk {
    return { ...envelope, object: 'chat.completion.chunk', choices: [], usage };
  }

  #send(text: string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return true;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, eventStreamHeaders);
    }
    return this.#response.write(text);
  }
}
