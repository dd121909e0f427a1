/** The file of the traffic log: rows go to its end whole, though other processes write there too. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf } from '@orcestator/service-kit';
import { fileStart, type TrafficFormat } from './traffic-row';

export interface TrafficFileOptions {
  readonly path: string;
  readonly format: TrafficFormat;
}

/** Bytes handed to the system at once: rows of other processes come before or after them, never between. */
const CHUNK_BYTES = 256 * 1024;
/** Not O_CREAT: a new file must appear with its header inside. */
const APPEND = constants.O_RDWR | constants.O_APPEND;

export class TrafficFile {
  readonly #options: TrafficFileOptions;
  /** The inode whose end is known to be the end of a row. */
  #sound: bigint | undefined;

  constructor(options: TrafficFileOptions) {
    this.#options = options;
  }

  /** Opened for each batch, so that a file moved or deleted meanwhile is made again. `onWritten` is told rows as they go. */
  async append(rows: readonly Buffer[], onWritten: (rows: number) => void): Promise<void> {
    const file = await this.#open();
    try {
      let start: Buffer | undefined = await this.#beginning(file);
      for (const chunk of chunksOf(rows)) {
        await this.#writeWhole(file, Buffer.concat(start ? [start, ...chunk] : chunk));
        start = undefined;
        onWritten(chunk.length);
      }
    } finally {
      await file.close();
    }
  }

  async #open(): Promise<FileHandle> {
    const { path, format } = this.#options;
    try {
      return await open(path, APPEND);
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOENT') throw error;
    }
    await mkdir(dirname(path), { recursive: true });
    await createWith(path, fileStart(format));
    return open(path, APPEND);
  }

  /** What must come before the next row: the header of an empty file, or the end of a row that a crash has torn. */
  async #beginning(file: FileHandle): Promise<Buffer | undefined> {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) return undefined;
    const { format } = this.#options;
    const size = Number(stats.size);
    if (size === 0) return Buffer.from(fileStart(format));
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    const isEnd = buffer[0] === 0x0a;
    // In CSV a line end may stand inside a text: only the number of quotes tells.
    const isSound = isEnd && (format === 'tsv' || this.#sound === stats.ino);
    const isQuoted = !isSound && format === 'csv' && (await hasOpenQuote(file));
    this.#sound = stats.ino;
    if (isQuoted) return Buffer.from('"\r\n');
    return isEnd ? undefined : Buffer.from(format === 'csv' ? '\r\n' : '\n');
  }

  async #writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
    const { bytesWritten } = await file.write(bytes, 0, bytes.length, null);
    if (bytesWritten === bytes.length) return;
    this.#sound = undefined;
    await takeBack(file, bytes.subarray(0, bytesWritten)).catch(() => undefined);
    const cause = new Error(`only ${bytesWritten} of ${bytes.length} bytes were taken`);
    throw Object.assign(cause, { code: 'ENOSPC' });
  }
}

function* chunksOf(rows: readonly Buffer[]): Generator<Buffer[]> {
  let chunk: Buffer[] = [];
  let size = 0;
  for (const row of rows) {
    if (chunk.length > 0 && size + row.length > CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      size = 0;
    }
    chunk.push(row);
    size += row.length;
  }
  if (chunk.length > 0) yield chunk;
}

/** A file that appears with its content, or not at all: of several processes one makes it. */
async function createWith(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await link(temporary, path).catch(async (error: unknown) => {
      // Some file systems (FAT, shared folders) know no second name.
      if (errorCodeOf(error) !== 'EEXIST') await writeFile(path, content, { flag: 'wx' });
    });
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Cuts off the part of a chunk that a full disk took, where nobody has written behind it. */
async function takeBack(file: FileHandle, part: Buffer): Promise<void> {
  const { size } = await file.stat();
  const start = size - part.length;
  const { buffer } = await file.read(Buffer.alloc(part.length), 0, part.length, start);
  if (buffer.equals(part)) await file.truncate(start);
}

/** Complete rows have an even number of quotes (RFC 4180). */
async function hasOpenQuote(file: FileHandle): Promise<boolean> {
  const block = Buffer.alloc(1024 * 1024);
  let isOpen = false;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(block, 0, block.length, position);
    if (bytesRead === 0) return isOpen;
    position += bytesRead;
    for (let at = block.indexOf(0x22); at >= 0 && at < bytesRead; at = block.indexOf(0x22, at + 1))
      isOpen = !isOpen;
  }
}
