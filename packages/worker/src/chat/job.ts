/** A request as its exchange sees it: what is recorded of it, how it is asked, where its answer goes. */
import type { JsonRecord } from '@orcestator/protocol';
import type { ChatStream } from '../kinds/worker-kind';
import type { AnswerSink } from './answer-sink';
import type { CompletionBuilder } from './completion-builder';

export interface Job {
  /** The caller's request. */
  readonly body: JsonRecord;
  readonly requestedModel: string;
  /** For the record: chat messages, or what stands for them. */
  readonly messages: unknown;
  readonly isStream: boolean;
  /** The sink reads the builder; otherwise no more of the answer is held than the records show. */
  readonly needsWholeAnswer: boolean;
  /** `builder` is fed by whoever reads the stream, since the log needs it too. */
  createSink(builder: CompletionBuilder): AnswerSink;
  /** Called once, when the request has its slot. */
  start(): ChatStream | Promise<ChatStream>;
  /** Told a sound answer before its end is written. */
  onSuccess?(builder: CompletionBuilder): void;
}
