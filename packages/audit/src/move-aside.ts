/** Takes a database file that cannot be used out of the way: renamed with its time, never deleted. */
import { existsSync, mkdirSync, renameSync, rmdirSync, statSync } from 'node:fs';

/** A lock older than this belonged to a process that died. */
const STALE_LOCK_MS = 10_000;
/** The file and the two that SQLite keeps beside it in WAL mode. */
const endings = ['', '-wal', '-shm'] as const;

/** The new path; `undefined` when another process is at it or was quicker, so that opening again is all there is to do. */
export function moveAside(
  path: string,
  word: string,
  now: Date,
  stillMeant: () => boolean,
): string | undefined {
  const lock = `${path}.moving`;
  if (!takeLock(lock)) return undefined;
  try {
    if (!stillMeant()) return undefined;
    const target = `${path}.${word}-${now.toISOString().replace(/[-:.]/g, '')}`;
    for (const ending of endings) if (existsSync(path + ending)) renameSync(path + ending, target + ending);
    return target;
  } finally {
    rmdirSync(lock);
  }
}

/** A deleted database may leave its write-ahead log: SQLite would put those pages into the new file. */
export function moveOrphanAside(path: string, now: Date): void {
  const isOrphan = (): boolean => !existsSync(path) && endings.some((ending) => existsSync(path + ending));
  if (isOrphan()) moveAside(path, 'orphan', now, isOrphan);
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (!isStale(lock)) return false;
    rmdirSync(lock);
    return takeLock(lock);
  }
}

function isStale(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > STALE_LOCK_MS;
}

/** Device and number of the file; empty when there is none. */
export function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : '';
}
