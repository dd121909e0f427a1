/** Loads sqlite3: an optional dependency, since its binary may be neither downloaded nor compiled on a user's machine. */
import { AuditRefusedError } from './failures';

export const SQLITE_MISSING =
  'the sqlite3 package has no usable binary on this machine. Either connect to the internet (it downloads one from github.com) or install a C++ compiler and Python, then run "npx --yes pnpm@12 install --force"; everything but the audit works without it';

/** What is needed of it here. Its own types are not imported: the build must succeed where it is not installed. */
export interface SqliteDriver {
  readonly OPEN_READONLY: number;
}

/** Not a literal, for the same reason. */
const PACKAGE: string = 'sqlite3';

/** Throws {@link AuditRefusedError} with the remedy. `load` is there for tests. */
export async function loadSqlite(
  load: () => Promise<unknown> = () => import(PACKAGE),
): Promise<SqliteDriver> {
  try {
    const loaded = (await load()) as SqliteDriver & { default?: SqliteDriver };
    const driver = loaded.default ?? loaded;
    // TypeORM calls `verbose()`, with which every statement would pay for a stack trace.
    return Object.assign(Object.create(driver) as SqliteDriver, { verbose: () => driver });
  } catch (cause) {
    throw new AuditRefusedError(SQLITE_MISSING, { cause });
  }
}
