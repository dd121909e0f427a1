/** A file that is there as a whole or not at all. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes beside the target and renames at the end. When the source throws or the signal aborts, nothing is left of it. */
export async function writeAtomically(
  path: string,
  source: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const part = `${path}.part-${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(Readable.from(source), createWriteStream(part, { flags: 'wx' }), { signal });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
