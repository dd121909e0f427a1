/** What waits to be written: first in, first out, bounded by rows and by bytes. */
import { sizeOf, type AuditEntry } from './audit-row';

export interface QueueLimits {
  readonly rows: number;
  /** Characters of all entries together. */
  readonly characters: number;
}

export class EntryQueue {
  readonly #limits: QueueLimits;
  readonly #entries: AuditEntry[] = [];
  #characters = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** False when it does not fit. */
  add(entry: AuditEntry): boolean {
    const size = sizeOf(entry);
    const { rows, characters } = this.#limits;
    if (this.#entries.length >= rows || this.#characters + size > characters) return false;
    this.#entries.push(entry);
    this.#characters += size;
    return true;
  }

  /** The oldest, as many as fit into a transaction and at least one; they stay until {@link remove}. */
  peek({ rows, characters }: QueueLimits): AuditEntry[] {
    let sum = 0;
    const end = this.#entries.slice(0, rows).findIndex((entry, index) => {
      sum += sizeOf(entry);
      return index > 0 && sum > characters;
    });
    return this.#entries.slice(0, end === -1 ? rows : end);
  }

  remove(count: number): void {
    for (const entry of this.#entries.splice(0, count)) this.#characters -= sizeOf(entry);
  }
}
