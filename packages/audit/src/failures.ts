/** What a failure of the database means for the writer. */
import { isRecord } from '@orcestator/protocol';

/** The database must not be touched by this program; the message says why and what to do. */
export class AuditRefusedError extends Error {}

/**
 * `wait`: the same write can succeed later (locked, full, read-only, folder missing). `corrupt`: not with this file.
 * `refused`: not with this program. `poison`: not with these rows.
 */
export type FailureKind = 'wait' | 'corrupt' | 'refused' | 'poison';

/** SQLite's result codes (sqlite.org/rescode.html); of a system error (`ENOSPC`, `EACCES`) any is worth waiting for. */
const waiting =
  /^(SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|PERM|PROTOCOL|NOMEM|AUTH|SCHEMA)|E[A-Z]+)$/;
const corrupt = /^SQLITE_(CORRUPT|NOTADB)$/;

export function failureKindOf(error: unknown): FailureKind {
  if (error instanceof AuditRefusedError) return 'refused';
  const code = failureCodeOf(error);
  if (corrupt.test(code)) return 'corrupt';
  return waiting.test(code) ? 'wait' : 'poison';
}

/** `SQLITE_BUSY` and the like; empty where there is none. */
export function failureCodeOf(error: unknown): string {
  if (!isRecord(error)) return '';
  // TypeORM wraps the driver's error.
  const inner = isRecord(error.driverError) ? error.driverError : error;
  return typeof inner.code === 'string' ? inner.code : '';
}
