/** Which rows of the traffic log a model answered: the log has no column for it, the audit knows. */
import type { AuditReader } from '@orcestator/audit';
import type { Matches } from './read-logs';

/** Both are written from one record: end and duration in milliseconds tell which row belongs to which request. */
const keyOf = (endedAt: number, latencyMs: number): string => `${endedAt} ${Math.round(latencyMs)}`;

export interface ModelFilter {
  readonly model: string;
  /** Epoch milliseconds; the second one is not included. */
  readonly from: number;
  readonly to: number;
}

/** Reads the audit once. */
export async function modelMatches(reader: AuditReader, { model, from, to }: ModelFilter): Promise<Matches> {
  const keys = new Set<string>();
  // A request that ended in this time may have begun earlier, ten minutes at most (OR_TOTAL_TIMEOUT) but for odd settings.
  for await (const page of reader.pages({ from: from - 3_600_000, to, model }, false)) {
    for (const { row } of page) keys.add(keyOf(row.startedAt + row.durationMs, row.durationMs));
  }
  return (row) => keys.has(keyOf(row.endedAt.getTime(), row.latencyMs));
}
