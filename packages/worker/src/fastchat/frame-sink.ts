/** Writes an answer as FastChat's `\0`-delimited frames; an error is a frame too, with status 200 (model_worker.py). */
import type { Response } from 'express';
import {
  encodeFrame,
  errorTable,
  type ChatCompletionChunk,
  type GenerateFrame,
  type JsonRecord,
  type OrcestatorError,
  type Usage,
} from '@orcestator/protocol';
import { drained, watchSilence, type Clock, type SilenceWatch } from '@orcestator/service-kit';
import type { AnswerSink } from '../chat/answer-sink';
import { PING_INTERVAL_MS } from '../chat/stream-sink';
import { FrameText } from './frame-text';

/** An empty frame: readers of frames skip it, and FastChat gives up after 100 s without a byte. */
const PING = '\0';
/**
 * Every frame repeats the whole text. A frame goes out when the text has grown by so much, or after so many milliseconds:
 * a short answer comes token by token, a long one does not cost the square of its length.
 */
const GROWTH = 1 / 128;
const FRAME_INTERVAL_MS = 40;

/** The last words of an answer. */
export interface FrameEnding {
  readonly finishReason: string;
  readonly usage: Usage;
  readonly logprobs?: JsonRecord | undefined;
}

export interface FrameSinkOptions {
  /** Stands before the answer's own text (`echo`). */
  readonly prefix: string;
  readonly clock: Clock;
  readonly promptTokens: () => number;
  readonly ending: (usage: Usage | undefined) => FrameEnding;
}

export class FrameSink implements AnswerSink {
  readonly #response: Response;
  readonly #options: FrameSinkOptions;
  readonly #text = new FrameText();
  readonly #silence: SilenceWatch;
  #sentLength = 0;
  #sentAt = -Infinity;
  #deltas = 0;
  #later: { stop(): void } | undefined;

  constructor(response: Response, options: FrameSinkOptions) {
    this.#response = response;
    this.#options = options;
    this.#text.add(options.prefix);
    this.#silence = watchSilence(options.clock, PING_INTERVAL_MS, () => void this.#send(PING));
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    if (!this.#response.headersSent) this.#response.set(headers);
  }

  write(chunks: readonly ChatCompletionChunk[]): Promise<void> | void {
    for (const chunk of chunks) this.#take(chunk);
    const growth = this.#text.length - this.#sentLength;
    if (growth === 0) return;
    const { clock } = this.#options;
    const isDue = clock.monotonic() - this.#sentAt >= FRAME_INTERVAL_MS;
    if (isDue || growth >= this.#sentLength * GROWTH) {
      if (!this.#sendText()) return drained(this.#response);
      return;
    }
    this.#later ??= clock.after(FRAME_INTERVAL_MS, () => {
      // A reader that lags gets the text with the next frame.
      if (!this.#response.writableNeedDrain) this.#sendText();
    });
  }

  prepareEnd(usage: Usage | undefined): () => void {
    this.#later?.stop();
    this.#text.end();
    const { finishReason, usage: counted, logprobs } = this.#options.ending(usage);
    const last = this.#frame(counted, finishReason, logprobs);
    return () => {
      this.#send(last);
      this.#response.end();
    };
  }

  fail(error: OrcestatorError): boolean {
    this.#later?.stop();
    this.#send(encodeFrame(toErrorFrame(error)));
    this.#response.end();
    return true;
  }

  close(): void {
    this.#later?.stop();
    this.#silence.stop();
  }

  #take({ choices }: ChatCompletionChunk): void {
    for (const { index, delta } of choices) {
      const text = delta.content || (typeof delta.refusal === 'string' ? delta.refusal : '');
      if (index !== 0 || text === '') continue;
      this.#text.add(text);
      this.#deltas += 1;
    }
  }

  #sendText(): boolean {
    this.#later?.stop();
    this.#later = undefined;
    this.#sentLength = this.#text.length;
    this.#sentAt = this.#options.clock.monotonic();
    this.#silence.touch();
    const prompt = this.#options.promptTokens();
    // A delta is about a token; the last frame has upstream's figures.
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: this.#deltas,
      total_tokens: prompt + this.#deltas,
    };
    return this.#send(this.#frame(usage, null));
  }

  #frame(usage: Usage, finishReason: string | null, logprobs?: JsonRecord): string {
    const rest = JSON.stringify({ error_code: 0, usage, finish_reason: finishReason, logprobs });
    return `{"text":"${this.#text.escaped}",${rest.slice(1)}\0`;
  }

  #send(text: string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return true;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
    }
    return this.#response.write(text);
  }
}

/** The one shape of an error in FastChat's worker API. */
export function toErrorFrame(error: OrcestatorError): GenerateFrame {
  return { text: error.message, error_code: errorTable[error.kind].errorCode };
}
