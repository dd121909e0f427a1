/** Loads sqlite3: an optional dependency, since its binary may be neither downloaded nor compiled on a user's machine. */
import { AuditRefusedError } from './failures';

export const SQLITE_MISSING =
  'the sqlite3 package has no usable binary on this machine. Either connect to the internet (it downloads one from github.com) or install a C++ compiler and Python, then run "npx --yes pnpm@12 rebuild sqlite3"; everything but the audit works without it';

type Driver = typeof import('sqlite3');

/** Throws {@link AuditRefusedError} with the remedy. `load` is there for tests. */
export async function loadSqlite(load: () => Promise<unknown> = () => import('sqlite3')): Promise<Driver> {
  try {
    const loaded = (await load()) as Driver & { default?: Driver };
    const driver = loaded.default ?? loaded;
    // TypeORM calls `verbose()`, with which every statement would pay for a stack trace.
    return Object.assign(Object.create(driver) as Driver, { verbose: () => driver });
  } catch (cause) {
    throw new AuditRefusedError(SQLITE_MISSING, { cause });
  }
}
