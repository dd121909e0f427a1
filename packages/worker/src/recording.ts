/** What is known of a request when it has ended, and who wants to know it. */
import type { ErrorKind, JsonRecord, Usage } from '@orcestator/protocol';
import type { Tally } from '@orcestator/service-kit';
import type { AnswerText } from './chat/completion-builder';

/** How a request ended; recorded from the end of the stream, never from its status (pitfall 39). */
export type Outcome = 'ok' | 'error' | 'cancelled';

/** What the audit knows of a request besides; absent on paths that cannot tell. */
export interface RequestFacts {
  /** Which of the gateway's client keys asked, as the API server names it; empty where there are none. */
  readonly client: string;
  readonly userAgent: string;
  /** The whole request. */
  readonly body: JsonRecord;
  /** The model's thoughts as far as it shows them. */
  readonly reasoning: string;
  /** Who really answered behind the upstream, `OpenAI` say; empty when it did not tell. */
  readonly provider: string;
  /** The upstream's own number of the answer. */
  readonly generationId: string | undefined;
  readonly finishReason: string | undefined;
  readonly errorKind: ErrorKind | undefined;
  /** OpenAI's `error.code`. */
  readonly errorCode: string | undefined;
}

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
  readonly facts?: RequestFacts;
}

/** Takes each record once, in order of completion. Resolves when it is kept; never rejects. */
export type Recorder = (record: RequestRecord) => Promise<void>;

/** Tells all of them, whatever becomes of one. */
export function allRecorders(recorders: readonly Recorder[]): Recorder {
  return async (record) =>
    void (await Promise.allSettled(recorders.map(async (recorder) => recorder(record))));
}
