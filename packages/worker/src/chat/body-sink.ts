/** Collects an answer into one JSON body. */
import type { Response } from 'express';
import type { OrcestatorError, Usage } from '@orcestator/protocol';
import type { AnswerSink } from './answer-sink';
import type { CompletionBuilder } from './completion-builder';

export class BodySink implements AnswerSink {
  readonly #response: Response;
  readonly #builder: CompletionBuilder;

  /** `builder` is fed by whoever reads the stream, since the log needs it too. */
  constructor(response: Response, builder: CompletionBuilder) {
    this.#response = response;
    this.#builder = builder;
  }

  setHeaders(headers: Readonly<Record<string, string>>): void {
    this.#response.set(headers);
  }

  write(): void {
    // Nothing goes out before the whole answer is there.
  }

  end(usage: Usage | undefined): void {
    this.#response.json(this.#builder.toCompletion(usage));
  }

  fail(_error: OrcestatorError, _openChoices: readonly number[]): boolean {
    return false;
  }

  close(): void {
    // No timers here.
  }
}
