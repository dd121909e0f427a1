/** Settings of the audit. */
import { defineConfig, parsers } from '@orcestator/service-kit';
import { auditContents, type AuditContent } from '../audit/audit-entry';

export interface AuditConfig {
  /** Empty = no audit. */
  dbPath: string;
  auditContent: AuditContent;
  /** Days; 0 = for ever. */
  auditRetentionDays: number;
}

export const auditOptions = defineConfig<AuditConfig>({
  dbPath: {
    flags: ['db-path'],
    env: ['OR_DB_PATH'],
    help: 'файл базы SQLite для аудита: кто, что и когда спросил, что ответила модель и сколько это стоило',
    parse: parsers.text,
    default: '',
    defaultText: 'нет',
  },
  auditContent: {
    flags: ['audit-content'],
    env: ['OR_AUDIT_CONTENT'],
    help: 'что хранит аудит: texts — вместе с текстами запросов и ответов, metadata — без них',
    parse: parsers.oneOf(auditContents),
    default: 'texts',
  },
  auditRetentionDays: {
    flags: ['audit-retention-days'],
    env: ['OR_AUDIT_RETENTION_DAYS'],
    help: 'сколько дней хранить запросы в аудите; 0 — всегда',
    parse: parsers.integer(0, 36_500),
    default: 0,
  },
});
