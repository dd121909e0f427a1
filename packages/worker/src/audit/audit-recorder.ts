/** Hands the records to the audit's writer, never in the way of an answer. */
import type { AuditWriter, LateUsage } from '@orcestator/audit';
import type { Logger } from '@orcestator/service-kit';
import type { Recorder } from '../recording';
import { auditEntry, type AuditContent } from './audit-entry';
import type { Redact } from './clean-texts';

export interface AuditRecorderOptions {
  /** Resolves when the package with the database is loaded. */
  readonly writer: Promise<AuditWriter>;
  readonly content: AuditContent;
  readonly redact: Redact;
  readonly worker: () => string;
  readonly logger: Logger;
  readonly onLost: (rows: number) => void;
}

export interface AuditRecorder {
  /** Resolves at once; the record is turned into an entry when its answer has gone out. */
  readonly record: Recorder;
  readonly addUsage: (late: LateUsage) => void;
  /** Writes what waits; gives up after so many milliseconds. */
  close(limit: number): Promise<void>;
}

export function createAuditRecorder(options: AuditRecorderOptions): AuditRecorder {
  const { writer, content, redact, worker, logger, onLost } = options;
  writer.catch((cause: unknown) => logger.error('the audit (OR_DB_PATH) cannot be loaded', { cause }));
  return {
    record: (record) => {
      // Quoting and redacting a long conversation takes milliseconds: not before the answer's last bytes.
      setImmediate(() => {
        const entry = auditEntry(record, { content, redact, worker: worker() });
        writer.then(
          (open) => open.add(entry),
          () => onLost(1),
        );
      });
      return Promise.resolve();
    },
    addUsage: (late) => void writer.then((open) => open.addUsage(late)).catch(() => undefined),
    close: async (limit) => {
      // Records of the last answers are behind their `setImmediate` and the writer's promise.
      await new Promise((resolve) => setImmediate(resolve));
      await writer.then((open) => open.close(limit)).catch(() => undefined);
    },
  };
}
