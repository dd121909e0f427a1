/** Opens the database file: to write, with its migrations, or only to read. */
import { existsSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { entities } from './entities';
import { AuditRefusedError, failureKindOf } from './failures';
import { migrations as known, type Migration } from './migrations';
import { loadSqlite } from './sqlite-driver';

/** `ORCA`: marks the file as ours, so that a database of another program is never touched. */
export const APPLICATION_ID = 0x4f524341;
/** Milliseconds to wait for another process's lock inside SQLite; the writer itself tries again besides. */
const BUSY_TIMEOUT_MS = 1_000;
/** Bytes that the write-ahead log keeps after a checkpoint. */
const JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024;

export interface OpenOptions {
  readonly path: string;
  readonly migrations?: readonly Migration[];
}

/** Throws {@link AuditRefusedError} for a file that is not ours or newer than this program, else SQLite's error. */
export async function openToWrite({ path, migrations = known }: OpenOptions): Promise<DataSource> {
  const source = await connect(path, migrations);
  try {
    // Both only work on a file without tables: pages of pruned rows go back to the system in small steps.
    if (await checkOwner(source, path)) {
      await source.query('PRAGMA auto_vacuum = INCREMENTAL');
      await source.query(`PRAGMA application_id = ${APPLICATION_ID}`);
    } else await checkVersion(source, path, migrations);
    await source.query('PRAGMA journal_mode = WAL');
    // A power cut may cost the last rows, never the file; `kill -9` costs nothing that was committed.
    await source.query('PRAGMA synchronous = NORMAL');
    await source.query(`PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT}`);
    await source.runMigrations({ transaction: 'all' });
    return source;
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

/** A running worker is not disturbed. Throws {@link AuditRefusedError} with the remedy, whatever is wrong. */
export async function openToRead({ path, migrations = known }: OpenOptions): Promise<DataSource> {
  const sqlite = await loadSqlite();
  if (!existsSync(path)) throw new AuditRefusedError(`there is no file ${path}`);
  try {
    const source = await connect(path, migrations, sqlite.OPEN_READONLY);
    try {
      if (await checkOwner(source, path)) throw new AuditRefusedError(`${path} is empty so far`);
      await checkVersion(source, path, migrations);
      if (await source.showMigrations())
        throw new AuditRefusedError(
          `${path} was written by an older version of Orcestator; start the worker once, it brings the file up to date`,
        );
      return source;
    } catch (error) {
      await source.destroy();
      throw error;
    }
  } catch (cause) {
    if (cause instanceof AuditRefusedError) throw cause;
    const reason = failureKindOf(cause) === 'corrupt' ? 'is damaged' : 'cannot be read';
    throw new AuditRefusedError(`${path} ${reason}: ${cause instanceof Error ? cause.message : ''}`, {
      cause,
    });
  }
}

async function connect(path: string, migrations: readonly Migration[], flags?: number): Promise<DataSource> {
  const source = new DataSource({
    type: 'sqlite',
    database: path,
    driver: await loadSqlite(),
    ...(flags === undefined ? {} : { flags }),
    busyTimeout: BUSY_TIMEOUT_MS,
    entities,
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    logging: false,
  });
  return source.initialize();
}

/** True for a file without tables; throws for another program's. */
async function checkOwner(source: DataSource, path: string): Promise<boolean> {
  const id = await pragma(source, 'application_id');
  if (id === APPLICATION_ID && (await hasTables(source))) return false;
  if (!(await hasTables(source))) return true;
  throw new AuditRefusedError(
    `${path} is a database of another program; name another file in OR_DB_PATH and leave this one as it is`,
  );
}

async function checkVersion(
  source: DataSource,
  path: string,
  migrations: readonly Migration[],
): Promise<void> {
  const rows: { name: string }[] = await source.query('SELECT name FROM migrations');
  const names = new Set(migrations.map((migration) => migration.name));
  if (rows.every(({ name }) => names.has(name))) return;
  throw new AuditRefusedError(
    `${path} was written by a newer version of Orcestator; update this one, or name another file in OR_DB_PATH`,
  );
}

async function hasTables(source: DataSource): Promise<boolean> {
  const rows: unknown[] = await source.query("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1");
  return rows.length > 0;
}

async function pragma(source: DataSource, name: string): Promise<number> {
  const rows: Record<string, number>[] = await source.query(`PRAGMA ${name}`);
  return rows[0]?.[name] ?? 0;
}
