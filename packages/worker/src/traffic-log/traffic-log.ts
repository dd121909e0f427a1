/** Takes rows and sees to it that they get into the file, in order; a file that cannot be written never stops a request. */
import type { Clock, Logger, TimerHandle } from '@orcestator/service-kit';
import { TrafficFile } from './traffic-file';
import { TrafficRotation, type RotationOptions } from './traffic-rotation';
import { formatRow, type TrafficRow } from './traffic-row';

export interface TrafficLogOptions extends RotationOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Told how many rows were given up for good. */
  readonly onLost: (rows: number) => void;
  /** Told how many rows wait because the file cannot be written. */
  readonly onWaiting: (rows: number) => void;
}

/** Bytes of rows that wait at most; the oldest are given up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Milliseconds between attempts while the file cannot be written. */
const RETRY_MS = 1_000;

interface Waiting {
  readonly bytes: Buffer;
  /** Lets the answer end. */
  readonly release: () => void;
}

export class TrafficLog {
  readonly #options: TrafficLogOptions;
  readonly #file: TrafficFile;
  readonly #rotation: TrafficRotation;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  /** So many of those that wait are being written. */
  #inFlight = 0;
  #retry: TimerHandle | undefined;
  #lostSinceBroken = 0;

  constructor(options: TrafficLogOptions) {
    this.#options = options;
    this.#file = new TrafficFile(options);
    this.#rotation = new TrafficRotation(options);
  }

  /**
   * Resolves when the row is in the file (it survives `kill -9` of this process), or at once while the file cannot be
   * written: then the row waits in memory. Never rejects.
   */
  append(row: TrafficRow): Promise<void> {
    const bytes = Buffer.from(formatRow(row, this.#options.format));
    return new Promise((release) => {
      this.#waiting.push({ bytes, release });
      this.#waitingBytes += bytes.length;
      this.#dropOldest();
      if (!this.#retry) this.#start();
      else {
        this.#options.onWaiting(this.#waiting.length);
        release();
      }
    });
  }

  /** Resolves when nothing waits any more; what cannot be written now is lost. */
  async close(): Promise<void> {
    const { path, logger, onLost } = this.#options;
    await this.#writing;
    this.#retry?.stop();
    if (this.#waiting.length > 0) await this.#writeAll();
    this.#retry?.stop();
    if (this.#waiting.length === 0) return;
    onLost(this.#waiting.length);
    logger.error(`the traffic log ${path} lacks the last rows`, { rows: this.#waiting.length });
  }

  #start(): void {
    if (!this.#writing && this.#waiting.length > 0) this.#writing = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#rotation.rotateIfDue();
        const rows = this.#waiting.map(({ bytes }) => bytes);
        this.#inFlight = rows.length;
        await this.#file.append(rows, (count) => this.#written(count));
        this.#works();
      } catch (error) {
        this.#inFlight = 0;
        this.#fails(error);
        break;
      }
    }
    this.#writing = undefined;
  }

  /** The first rows are in the file. */
  #written(rows: number): void {
    this.#inFlight -= rows;
    for (const { bytes, release } of this.#waiting.splice(0, rows)) {
      this.#waitingBytes -= bytes.length;
      release();
    }
  }

  #works(): void {
    if (!this.#retry) return;
    const { path, logger, onWaiting } = this.#options;
    this.#retry = undefined;
    onWaiting(0);
    logger.info(`writing the traffic log ${path} again`, { lostRows: this.#lostSinceBroken });
    this.#lostSinceBroken = 0;
  }

  #fails(cause: unknown): void {
    const { path, logger, clock, onWaiting } = this.#options;
    // Said once, not for each request.
    if (!this.#retry) {
      const words = 'requests go on, their rows wait in memory';
      logger.error(`cannot write the traffic log ${path} (OR_LOG_FILE); ${words}`, { cause });
    }
    onWaiting(this.#waiting.length);
    for (const { release } of this.#waiting) release();
    this.#retry = clock.after(RETRY_MS, () => this.#start());
  }

  /** Not those that are being written. */
  #dropOldest(): void {
    let count = 0;
    for (; this.#waitingBytes > MAX_WAITING_BYTES; count += 1) {
      const oldest = this.#waiting[this.#inFlight + count];
      if (!oldest) break;
      this.#waitingBytes -= oldest.bytes.length;
      oldest.release();
    }
    if (count === 0) return;
    this.#waiting.splice(this.#inFlight, count);
    this.#lostSinceBroken += count;
    this.#options.onLost(count);
  }
}
