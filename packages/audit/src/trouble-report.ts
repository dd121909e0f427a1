/** What the log says of a database in trouble: once when it begins, once when it is over. */
import type { Logger } from '@orcestator/service-kit';
import type { FailureKind } from './failures';

export interface TroubleReport {
  failed(kind: FailureKind, cause: unknown, about: { movedTo: string | undefined; failures: number }): void;
  /** Rows that SQLite does not take at all. */
  poison(cause: unknown): void;
  lost(rows: number): void;
  over(): void;
  closing(): void;
}

/** Several processes that open a new file at once disturb each other for a moment: not worth a word. */
const QUIET_FAILURES = 2;

export function createTroubleReport(path: string, logger: Logger): TroubleReport {
  const named = `the audit database ${path} (OR_DB_PATH)`;
  let hasSpoken = false;
  let hasSpokenOfPoison = false;
  let isFull = false;
  let lost = 0;
  return {
    failed: (kind, cause, { movedTo, failures }) => {
      if (movedTo !== undefined) {
        hasSpoken = true;
        logger.error(`${named} is damaged: it was moved to ${movedTo}, and a new one is begun`, { cause });
      }
      if (hasSpoken || (kind !== 'refused' && failures <= QUIET_FAILURES)) return;
      hasSpoken = true;
      if (kind === 'refused') logger.error(`${named} is not written; requests go on`, { cause });
      else logger.error(`cannot write ${named}; requests go on and wait in memory to be written`, { cause });
    },
    poison: (cause) => {
      if (!hasSpokenOfPoison) logger.error(`some requests cannot be written to ${named}`, { cause });
      hasSpokenOfPoison = true;
    },
    lost: (rows) => {
      lost += rows;
      if (rows === 0 || isFull) return;
      isFull = true;
      if (!hasSpoken) logger.error(`requests are missing in ${named}: too many wait to be written`);
    },
    over: () => {
      if (hasSpoken || lost > 0) logger.info(`writing ${named} again`, { lost });
      hasSpoken = false;
      hasSpokenOfPoison = false;
      isFull = false;
      lost = 0;
    },
    closing: () => {
      if (lost > 0) logger.error(`stopping: requests are missing in ${named}`, { lost });
    },
  };
}
