/**
 * The audit database. Loads TypeORM: services import this package only when `OR_DB_PATH` is set, by `import()`, so that
 * nobody else pays for it.
 */
export * from './audit-reader';
export * from './audit-row';
export * from './audit-store';
export * from './audit-writer';
export * from './create-audit-writer';
export type { StoredHour, StoredRequest, StoredTexts } from './entities';
export { AuditRefusedError } from './failures';
export { HOUR_MS, totalOf, type Totals } from './hours';
export { percentile } from './latency-histogram';
