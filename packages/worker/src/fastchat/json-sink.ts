/** One JSON body with FastChat's `error_code`; status 200 whatever happened (base_model_worker.py). */
import type { Response } from 'express';
import type { OrcestatorError, Usage } from '@orcestator/protocol';
import { watchSilence, type Clock, type SilenceWatch } from '@orcestator/service-kit';
import type { AnswerSink } from '../chat/answer-sink';
import { PING_INTERVAL_MS } from '../chat/stream-sink';
import { toErrorFrame } from './frame-sink';

export class JsonSink implements AnswerSink {
  readonly #response: Response;
  readonly #body: (usage: Usage | undefined) => unknown;
  readonly #silence: SilenceWatch;

  /** `body` is asked for when the answer is complete. */
  constructor(response: Response, clock: Clock, body: (usage: Usage | undefined) => unknown) {
    this.#response = response;
    this.#body = body;
    // White space before JSON says nothing; FastChat gives up after 100 s without a byte.
    this.#silence = watchSilence(clock, PING_INTERVAL_MS, () => this.#send(' '));
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    if (!this.#response.headersSent) this.#response.set(headers);
  }

  write(): void {
    // Nothing goes out before the whole answer is there.
  }

  prepareEnd(usage: Usage | undefined): () => void {
    const text = JSON.stringify(this.#body(usage));
    return () => {
      this.#send(text);
      this.#response.end();
    };
  }

  fail(error: OrcestatorError): boolean {
    this.#send(JSON.stringify(toErrorFrame(error)));
    this.#response.end();
    return true;
  }

  close(): void {
    this.#silence.stop();
  }

  #send(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'application/json' });
    this.#response.write(text);
  }
}
