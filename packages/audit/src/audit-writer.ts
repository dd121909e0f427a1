/** The writer's queue: takes entries at once, writes them in batches behind the requests' backs, survives its database. */
import type { Clock, Logger, TimerHandle } from '@orcestator/service-kit';
import type { AuditEntry, LateUsage } from './audit-row';
import type { AuditStore } from './audit-store';
import { EntryQueue } from './entry-queue';
import { failureKindOf } from './failures';
import { PruningJob } from './pruning-job';
import { createTroubleReport, type TroubleReport } from './trouble-report';

export interface AuditWriterOptions {
  /** For messages. */
  readonly path: string;
  readonly open: () => Promise<AuditStore>;
  /** Takes a damaged file out of the way; the new path, or `undefined` when somebody else did. */
  readonly moveAside: () => string | undefined;
  /** Milliseconds that requests are kept; 0 = for ever. */
  readonly retention: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told how many requests could not be kept. */
  readonly onLost: (rows: number) => void;
  /** Called with each store that was opened, before anything else is asked of it. */
  readonly onOpen?: (store: AuditStore) => Promise<void>;
}

/** What may wait in memory while the database cannot be written. */
export const QUEUE_LIMITS = { rows: 20_000, characters: 64 * 1024 * 1024 };
/** One transaction. */
export const BATCH_LIMITS = { rows: 200, characters: 4 * 1024 * 1024 };
/** Milliseconds that an entry waits for others. */
export const FLUSH_MS = 250;
/** Milliseconds before the database is tried again; doubled each time up to the last. */
const FIRST_BACK_OFF_MS = 250;
const LAST_BACK_OFF_MS = 15_000;

export class AuditWriter {
  readonly #options: AuditWriterOptions;
  readonly #queue = new EntryQueue(QUEUE_LIMITS);
  readonly #late: LateUsage[] = [];
  readonly #trouble: TroubleReport;
  readonly #pruning: PruningJob;
  #store: AuditStore | undefined;
  #running: Promise<void> | undefined;
  #timer: TimerHandle | undefined;
  /** The timer fires at once. */
  #isUrgent = false;
  #failures = 0;
  /** The database must not be written by this program: nothing is kept from then on. */
  #isRefused = false;
  #isClosing = false;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
    this.#trouble = createTroubleReport(options.path, options.logger);
    this.#pruning = new PruningJob(options.retention, options.clock, () => this.#wake(0));
    this.#wake(0);
  }

  /** Never waits and never throws: what does not fit is counted. */
  add(entry: AuditEntry): void {
    if (this.#isRefused || this.#isClosing || !this.#queue.add(entry)) return this.#lose(1);
    const isUrgent = this.#queue.length >= BATCH_LIMITS.rows;
    this.#wake(isUrgent ? 0 : FLUSH_MS);
  }

  /** Tokens and cost that became known after the answer. */
  addUsage(late: LateUsage): void {
    if (this.#isRefused || this.#late.length >= QUEUE_LIMITS.rows) return;
    this.#late.push(late);
    this.#wake(FLUSH_MS);
  }

  /** Writes what waits, once; gives up after so many milliseconds. Never rejects. */
  async close(limit: number): Promise<void> {
    this.#isClosing = true;
    this.#pruning.stop();
    this.#timer?.stop();
    const over = new Promise<void>((resolve) => void this.#options.clock.after(limit, resolve));
    const work = async (): Promise<void> => {
      await this.#running;
      this.#timer?.stop();
      await this.#run();
      await this.#closeStore();
    };
    await Promise.race([work(), over]);
    if (this.#queue.length > 0) this.#lose(this.#queue.length);
    this.#trouble.closing();
  }

  /** The soonest of all wishes counts, except that a failing database is left alone for its time. */
  #wake(milliseconds: number): void {
    if (this.#running || this.#isRefused || this.#isClosing) return;
    if (this.#timer && (milliseconds > 0 || this.#isUrgent || this.#failures > 0)) return;
    this.#timer?.stop();
    this.#isUrgent = milliseconds === 0;
    this.#timer = this.#options.clock.after(milliseconds, () => void this.#run());
  }

  #run(): Promise<void> {
    this.#timer = undefined;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      if (this.#failures > 0) return this.#wake(this.#backOff());
      if (this.#queue.length + this.#late.length > 0 || this.#pruning.isDue) this.#wake(FLUSH_MS);
    });
    return this.#running;
  }

  async #work(): Promise<void> {
    try {
      const store = await this.#openStore();
      await this.#writeAll(store);
      if (this.#pruning.isDue && !this.#isClosing) await this.#pruning.step(store);
      this.#failures = 0;
      this.#trouble.over();
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #writeAll(store: AuditStore): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.peek(BATCH_LIMITS);
      const isWritten = await this.#unlessPoison(store.write(batch));
      this.#queue.remove(batch.length);
      if (!isWritten) this.#lose(batch.length);
    }
    for (let late = this.#late[0]; late; late = this.#late[0]) {
      await this.#unlessPoison(store.addUsage(late));
      this.#late.shift();
    }
  }

  /** Rows that SQLite will never take must not hold up those behind them; any other failure is thrown. */
  async #unlessPoison(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if (failureKindOf(error) !== 'poison') throw error;
      this.#trouble.poison(error);
      return false;
    }
  }

  async #openStore(): Promise<AuditStore> {
    if (this.#store && !this.#store.isInPlace()) {
      this.#options.logger.warn(`the audit database ${this.#options.path} is gone; a new one is begun`);
      await this.#closeStore();
    }
    if (!this.#store) {
      this.#store = await this.#options.open();
      await this.#options.onOpen?.(this.#store);
    }
    return this.#store;
  }

  async #fail(error: unknown): Promise<void> {
    this.#failures += 1;
    // Opened anew whatever it was: a file that was read-only stays so for its connection, and after SQLITE_FULL TypeORM
    // believes itself in a transaction for ever, so that later ones would end without being written.
    await this.#closeStore();
    const kind = failureKindOf(error);
    const movedTo = kind === 'corrupt' ? this.#moveAside() : undefined;
    if (movedTo !== undefined) this.#failures = 1;
    this.#trouble.failed(kind, error, { movedTo, failures: this.#failures });
    if (kind !== 'refused') return;
    this.#isRefused = true;
    this.#lose(this.#queue.length);
    this.#queue.remove(this.#queue.length);
  }

  #moveAside(): string | undefined {
    try {
      return this.#options.moveAside();
    } catch {
      // Tried again like everything else.
      return undefined;
    }
  }

  #backOff(): number {
    return Math.min(FIRST_BACK_OFF_MS * 2 ** (this.#failures - 1), LAST_BACK_OFF_MS);
  }

  async #closeStore(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    await store?.close().catch(() => undefined);
  }

  #lose(rows: number): void {
    this.#trouble.lost(rows);
    this.#options.onLost(rows);
  }
}
