/** What is known of a request when it has ended, and who wants to know it. */
import type { Usage } from '@orcestator/protocol';
import type { Tally } from '@orcestator/service-kit';
import type { AnswerText } from './chat/completion-builder';

/** How a request ended; recorded from the end of the stream, never from its status (pitfall 39). */
export type Outcome = 'ok' | 'error' | 'cancelled';

export interface RequestRecord {
  readonly requestId: string;
  readonly endedAt: Date;
  /** The request's `messages` as they came. */
  readonly messages: unknown;
  readonly isStream: boolean;
  readonly requestedModel: string;
  /** Empty when no upstream was asked. */
  readonly upstreamModel: string;
  readonly answer: AnswerText;
  readonly usage: Usage | undefined;
  readonly latencyMs: number;
  /** Milliseconds to the first chunk; `undefined` when none came. */
  readonly firstChunkMs: number | undefined;
  /** Seconds between the batches of chunks. */
  readonly tokenGaps: Tally;
  readonly outcome: Outcome;
  /** Message of the error, for `error`. */
  readonly error?: string;
}

/** Takes each record once, in order of completion. Resolves when it is kept; never rejects. */
export type Recorder = (record: RequestRecord) => Promise<void>;

/** Tells all of them. */
export function allRecorders(recorders: readonly Recorder[]): Recorder {
  return async (record) => void (await Promise.all(recorders.map((recorder) => recorder(record))));
}
