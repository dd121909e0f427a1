/** Collects an answer into one JSON body. */
import type { Response } from 'express';
import type { OrcestatorError, Usage } from '@orcestator/protocol';
import type { AnswerSink } from './answer-sink';

export class BodySink implements AnswerSink {
  readonly #response: Response;
  readonly #body: (usage: Usage | undefined) => unknown;

  /** `body` is asked for when the answer is complete. */
  constructor(response: Response, body: (usage: Usage | undefined) => unknown) {
    this.#response = response;
    this.#body = body;
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    this.#response.set(headers);
  }

  write(): void {
    // Nothing goes out before the whole answer is there.
  }

  prepareEnd(usage: Usage | undefined): () => void {
    const text = JSON.stringify(this.#body(usage));
    return () => void this.#response.type('json').send(text);
  }

  fail(_error: OrcestatorError, _openChoices: readonly number[]): boolean {
    return false;
  }

  close(): void {
    // No timers here.
  }
}
