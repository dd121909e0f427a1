/** Puts a traffic log that has grown too large or too old aside, and deletes the oldest of those put aside. */
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { errorCodeOf, type Clock, type Logger } from '@orcestator/service-kit';
import { fileStart, formatOfStart, type TrafficFormat } from './traffic-row';

export interface RotationOptions {
  readonly path: string;
  readonly format: TrafficFormat;
  /** Bytes; 0 = never for its size. */
  readonly maxSize: number;
  /** Milliseconds from the first row; 0 = never for its age. */
  readonly maxAge: number;
  /** Files put aside that are kept. */
  readonly keep: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds until the next attempt after one that failed: on Windows, say, while Excel has the file open. */
const RETRY_MS = 60_000;
/** Milliseconds after which a lock has been left behind by a process that died: rotating takes a few. */
const STALE_LOCK_MS = 10_000;
const ISO_LENGTH = 24;

/** What is known of a file from its first bytes. */
interface FileFacts {
  readonly ino: bigint;
  readonly format: TrafficFormat | undefined;
  /** Milliseconds since 1970; `undefined` while there is no row. */
  readonly firstRowAt: number | undefined;
}

export class TrafficRotation {
  readonly #options: RotationOptions;
  #facts: FileFacts | undefined;
  #restUntil = -Infinity;
  #hasWarned = false;

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** Never throws: a log that cannot be rotated is written on. */
  async rotateIfDue(): Promise<void> {
    const { clock, logger, path } = this.#options;
    if (clock.monotonic() < this.#restUntil) return;
    try {
      if (!(await this.#isDue())) return;
      if (await this.#rotate()) this.#hasWarned = false;
    } catch (error) {
      this.#restUntil = clock.monotonic() + RETRY_MS;
      if (!this.#hasWarned)
        logger.warn(`cannot put the traffic log ${path} aside; it grows on`, { cause: error });
      this.#hasWarned = true;
    }
  }

  async #isDue(): Promise<boolean> {
    const { path, format, maxSize, maxAge, clock } = this.#options;
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    if (!stats?.isFile() || stats.size === 0n) return false;
    if (maxSize > 0 && stats.size >= BigInt(maxSize)) return true;
    if (this.#facts?.ino !== stats.ino || this.#facts.firstRowAt === undefined)
      this.#facts = { ino: stats.ino, ...(await readStart(path)) };
    // A file of the other format must not go on in this one.
    if (this.#facts.format !== undefined && this.#facts.format !== format) return true;
    const { firstRowAt } = this.#facts;
    return maxAge > 0 && firstRowAt !== undefined && clock.now().getTime() - firstRowAt >= maxAge;
  }

  /** `false` when another process is at it, or there is no name free within this second: a later batch does it. */
  async #rotate(): Promise<boolean> {
    const { path, clock } = this.#options;
    const lock = `${path}.rotating`;
    if (!(await takeLock(lock, clock))) return false;
    try {
      const target = rotatedPath(path, clock.now());
      // Another process may have done it between the question and the lock.
      if (!(await this.#isDue()) || (await exists(target))) return false;
      await rename(path, target);
      await this.#prune();
      return true;
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #prune(): Promise<void> {
    const { path, keep } = this.#options;
    const old = (await rotatedFiles(path)).slice(0, -keep);
    for (const file of old) await rm(file, { force: true });
  }
}

/** `traffic.log` → `traffic-2026-11-26T10-15-00Z.log`, in UTC as the rows are: sorted by name is sorted by time. */
export function rotatedPath(path: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${time}Z${extension}`);
}

/** The files put aside, oldest first. */
export async function rotatedFiles(path: string): Promise<string[]> {
  const extension = extname(path);
  const start = `${basename(path, extension)}-`;
  const names = await readdir(dirname(path)).catch(() => []);
  return names
    .filter((name) => name.startsWith(start) && name.endsWith(extension))
    .filter((name) =>
      /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/.test(name.slice(start.length, name.length - extension.length)),
    )
    .sort()
    .map((name) => join(dirname(path), name));
}

/** When a file was put aside: no row in it is later than this second. */
export function rotatedAt(path: string): Date | undefined {
  const time = /-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)Z[^/\\]*$/.exec(path);
  return time ? new Date(`${time[1]}:${time[2]}:${time[3]}Z`) : undefined;
}

async function readStart(path: string): Promise<Omit<FileFacts, 'ino'>> {
  const file = await open(path, 'r');
  try {
    const start = await readText(file, 128);
    const format = formatOfStart(start);
    if (format === undefined) return { format, firstRowAt: undefined };
    const time = Date.parse(start.slice(fileStart(format).length).slice(0, ISO_LENGTH));
    return { format, firstRowAt: Number.isNaN(time) ? undefined : time };
  } finally {
    await file.close();
  }
}

async function readText(file: FileHandle, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function takeLock(lock: string, clock: Clock): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
  }
  const stats = await stat(lock).catch(() => undefined);
  if (stats && clock.now().getTime() - stats.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
  return false;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
