/** Appends rows to the traffic log, in order, many at a time; a file that cannot be written never stops a request. */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '@orcestator/service-kit';
import { formatHeader, formatRow, type TrafficFormat, type TrafficRow } from './traffic-row';

export interface TrafficLogOptions {
  readonly path: string;
  readonly format: TrafficFormat;
  readonly logger: Logger;
  /** Told how many rows were lost. */
  readonly onLost: (rows: number) => void;
}

export class TrafficLog {
  readonly #options: TrafficLogOptions;
  #waiting: { line: string; written: () => void }[] = [];
  #writing: Promise<void> | undefined;
  #isBroken = false;

  constructor(options: TrafficLogOptions) {
    this.#options = options;
  }

  /** Resolves when the row is in the file (it survives `kill -9` of this process) or was given up. Never rejects. */
  append(row: TrafficRow): Promise<void> {
    const line = formatRow(row, this.#options.format);
    return new Promise((written) => {
      this.#waiting.push({ line, written });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch.map(({ line }) => line)).catch((error: unknown) =>
        this.#lose(batch.length, error),
      );
      for (const { written } of batch) written();
    }
    this.#writing = undefined;
  }

  /** Opened for each batch, so that a file moved or deleted meanwhile is made again, with its header. */
  async #write(lines: string[]): Promise<void> {
    const { path, format, logger } = this.#options;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      const header = (await isEmpty(file)) ? formatHeader(format) : '';
      await file.appendFile(header + lines.join(''), 'utf8');
    } finally {
      await file.close();
    }
    if (this.#isBroken) logger.info(`writing the traffic log ${path} again`);
    this.#isBroken = false;
  }

  #lose(rows: number, cause: unknown): void {
    const { path, logger, onLost } = this.#options;
    onLost(rows);
    // Said once, not for each request.
    if (!this.#isBroken)
      logger.error(`cannot write the traffic log ${path} (OR_LOG_FILE); requests go on`, { cause });
    this.#isBroken = true;
  }
}

async function isEmpty(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  return size === 0;
}
