/** What the audit keeps of a request, as plain data: nothing here knows the database. */

export const outcomes = ['ok', 'error', 'cancelled'] as const;
export type AuditOutcome = (typeof outcomes)[number];

/** Token counts and money; `null` = nobody said. */
export interface AuditUsage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
  /** US dollars. */
  readonly cost: number | null;
}

/** One request without its texts; every text is redacted already. */
export interface AuditRow extends AuditUsage {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** `null` when no token came. */
  readonly firstTokenMs: number | null;
  /** Address of the worker that served it. */
  readonly worker: string;
  /** Which of the gateway's client keys asked, never the key; empty where there are none. */
  readonly client: string;
  readonly userAgent: string;
  readonly requestedModel: string;
  /** The model that answered; empty when no upstream was asked. */
  readonly upstreamModel: string;
  readonly provider: string;
  readonly isStream: boolean;
  readonly messageCount: number;
  readonly toolCount: number;
  readonly outcome: AuditOutcome;
  readonly errorKind: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly finishReason: string | null;
  readonly generationId: string | null;
  /** Who counted: the answer itself (`stream`), or `/generation` afterwards. */
  readonly usageSource: 'stream' | 'generation' | null;
}

/** The texts of a request, each as JSON: that keeps NUL and lone surrogates, which SQLite's text does not. */
export interface AuditTexts {
  /** The list of messages as it came. */
  readonly messages: string;
  /** The other fields of the request; tools by name only. */
  readonly parameters: string;
  /** The answer as an assistant message. */
  readonly answer: string;
}

/** A request to be written. */
export interface AuditEntry {
  readonly row: AuditRow;
  /** Absent where only metadata is kept. */
  readonly texts?: AuditTexts;
}

/** What `/generation` said later of a request that is written, or will be. */
export interface LateUsage {
  readonly generationId: string;
  readonly provider: string | null;
  readonly usage: AuditUsage;
}

/** Characters that an entry holds, roughly; what bounds the queue. */
export function sizeOf({ texts }: AuditEntry): number {
  const ROW = 600;
  return ROW + (texts ? texts.messages.length + texts.parameters.length + texts.answer.length : 0);
}
