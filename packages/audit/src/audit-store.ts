/** The database as its writer sees it. Only one call may run at a time: TypeORM has one connection for SQLite. */
import type { DataSource, EntityManager } from 'typeorm';
import type { AuditEntry, LateUsage } from './audit-row';
import { RequestEntity, TextsEntity, type StoredRequest } from './entities';
import { insertRows, tableOf } from './insert-rows';
import { addToHours, addUsageToHour } from './hours';
import { identityOf } from './move-aside';
import { openToWrite, type OpenOptions } from './open-database';

/** Pages (of 4 KiB) given back to the system after each step of pruning. */
const VACUUM_PAGES = 2_000;

const requestTable = tableOf(RequestEntity);
const textsTable = tableOf(TextsEntity);

export interface AuditStore {
  /** All or nothing. Throws SQLite's error. */
  write(entries: readonly AuditEntry[]): Promise<void>;
  /** Puts tokens and cost to the newest request of this generation; nothing when it is not there. */
  addUsage(late: LateUsage): Promise<void>;
  /** Deletes up to `limit` requests that began before `cutoff` (epoch milliseconds), oldest first; the number deleted. */
  prune(cutoff: number, limit: number): Promise<number>;
  /** Generations of this worker whose price nobody has told yet, newest first. */
  unpriced(worker: string, since: number, limit: number): Promise<StoredRequest[]>;
  /** False once the file at its path is another one, or none: what is written now is lost. */
  isInPlace(): boolean;
  close(): Promise<void>;
}

export async function openAuditStore(options: OpenOptions): Promise<AuditStore> {
  return createAuditStore(await openToWrite(options), options.path);
}

/** Takes the connection over; `path` is the file behind it. */
export function createAuditStore(source: DataSource, path: string): AuditStore {
  const file = identityOf(path);
  return {
    write: (entries) => source.transaction((manager) => insert(manager, entries)),
    addUsage: (late) => source.transaction((manager) => addUsage(manager, late)),
    prune: (cutoff, limit) => prune(source, cutoff, limit),
    unpriced: (worker, since, limit) =>
      source
        .createQueryBuilder(RequestEntity, 'r')
        .where("r.outcome <> 'ok' AND r.outcome IN ('cancelled', 'error') AND r.startedAt >= :since", {
          since,
        })
        .andWhere('r.worker = :worker AND r.cost IS NULL AND r.generationId IS NOT NULL', { worker })
        .orderBy('r.startedAt', 'DESC')
        .limit(limit)
        .getMany(),
    isInPlace: () => identityOf(path) === file,
    close: () => source.destroy(),
  };
}

async function insert(manager: EntityManager, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map(({ row }) => row);
  // Rows of one statement have consecutive numbers, since nobody else can write during a transaction; SQLite tells the last.
  const last = await insertRows(manager, requestTable, rows);
  const first = last - entries.length + 1;
  const texts = entries.flatMap(({ texts }, index) =>
    texts ? [{ ...texts, requestRow: first + index }] : [],
  );
  if (texts.length > 0) await insertRows(manager, textsTable, texts);
  await addToHours(manager, rows);
}

async function addUsage(manager: EntityManager, { generationId, provider, usage }: LateUsage): Promise<void> {
  // A write comes first, so that the lock is there before anything is read.
  const { affected } = await manager
    .createQueryBuilder()
    .update(RequestEntity)
    .set({ ...usage, usageSource: 'generation', ...(provider === null ? {} : { provider }) })
    .where('generation_id = :generationId AND cost IS NULL', { generationId })
    .execute();
  if (!affected) return;
  const row = await manager.findOne(RequestEntity, { where: { generationId }, order: { id: 'DESC' } });
  if (row) await addUsageToHour(manager, row, usage);
}

async function prune(source: DataSource, cutoff: number, limit: number): Promise<number> {
  const deleted = await source.transaction(async (manager) => {
    const oldest = 'SELECT id FROM requests WHERE started_at < ? ORDER BY started_at, id LIMIT ?';
    await manager.query(`DELETE FROM request_texts WHERE request_row IN (${oldest})`, [cutoff, limit]);
    await manager.query(`DELETE FROM requests WHERE id IN (${oldest})`, [cutoff, limit]);
    const rows: { count: number }[] = await manager.query('SELECT changes() AS count');
    return rows[0]?.count ?? 0;
  });
  if (deleted > 0) await source.query(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
  return deleted;
}
