/** Rows out of a traffic log and the files put aside before it; and those that come later. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadRow, TrafficReader } from '@orcestator/worker';

export type Matches = (row: ReadRow) => boolean;
type CreateReader = () => TrafficReader;

/** Milliseconds between two looks at a file that is followed. */
const LOOK_EVERY_MS = 250;
const BLOCK = 1024 * 1024;

/** The rows of one file, in batches; nothing when it is gone meanwhile. */
export async function* readFile(path: string, createReader: CreateReader): AsyncGenerator<ReadRow[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return;
  try {
    yield* readOn(file, { position: 0, reader: createReader() });
  } finally {
    await file.close();
  }
}

/** The last rows that match, oldest first; `files` are oldest first and read from the newest back only as far as needed. */
export async function lastRows(
  files: readonly string[],
  count: number,
  matches: Matches,
  createReader: CreateReader,
): Promise<ReadRow[]> {
  let rows: ReadRow[] = [];
  for (const path of [...files].reverse()) {
    let found: ReadRow[] = [];
    for await (const batch of readFile(path, createReader))
      found = [...found, ...batch.filter(matches)].slice(-count);
    rows = [...found, ...rows].slice(-count);
    if (rows.length === count) break;
  }
  return rows;
}

interface Place {
  position: number;
  reader: TrafficReader;
}

async function* readOn(file: FileHandle, place: Place): AsyncGenerator<ReadRow[]> {
  const block = Buffer.alloc(BLOCK);
  for (;;) {
    const { bytesRead } = await file.read(block, 0, BLOCK, place.position);
    if (bytesRead === 0) return;
    place.position += bytesRead;
    yield place.reader.push(block.subarray(0, bytesRead));
  }
}

/** Yielded once by {@link followRows}: what was there at the start has been given. */
export const CAUGHT_UP = Symbol('caught up');

/**
 * The rows of a file, then those written from now on, until the signal aborts: also into a file that appears later, that
 * is put aside and begun anew, or that is emptied.
 */
export async function* followRows(
  path: string,
  signal: AbortSignal,
  createReader: CreateReader,
): AsyncGenerator<ReadRow[] | typeof CAUGHT_UP> {
  let file = await open(path, 'r').catch(() => undefined);
  let place: Place = { position: 0, reader: createReader() };
  try {
    if (file) yield* readOn(file, place);
    yield CAUGHT_UP;
    while (!signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (file && (await file.stat()).size < place.position) place = { position: 0, reader: createReader() };
      const next =
        file && (await isSame(file, path)) ? undefined : await open(path, 'r').catch(() => undefined);
      // Only after this look: between the last read and the move rows may have come.
      if (file) yield* readOn(file, place);
      if (!next) continue;
      await file?.close();
      file = next;
      place = { position: 0, reader: createReader() };
      yield* readOn(file, place);
    }
  } finally {
    await file?.close();
  }
}

async function isSame(file: FileHandle, path: string): Promise<boolean> {
  const [mine, theirs] = await Promise.all([
    file.stat({ bigint: true }),
    stat(path, { bigint: true }).catch(() => undefined),
  ]);
  // While the file is being put aside there is none for a moment: then the old one is read on.
  return theirs === undefined || (mine.ino === theirs.ino && mine.dev === theirs.dev);
}
