/** The tokens of an encoding in a few flat arrays: some 5 MB, where a Map of strings takes 70 (docs/decisions). */

/** Slots for each token at least: a search rarely looks at more than two. */
const SLOTS_PER_TOKEN = 2;

/** What {@link Vocabulary.rank} says of bytes that are no token: above every rank. */
export const NO_TOKEN = 0x7fffffff;

/** 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at += 1) value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
  return value ^ (value >>> 15);
}

export class Vocabulary {
  /** All tokens, one after the other; token `rank` ends where the next begins. */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  /** Open addressing: the rank of a token at or after the slot of its hash. */
  readonly #slots: Int32Array;

  /** `packed`: for each rank the token's length in one byte, then its bytes; length 0 is a rank that nobody uses. */
  constructor(packed: Uint8Array) {
    let count = 0;
    for (let at = 0; at < packed.length; at += 1 + (packed[at] ?? 0)) count += 1;
    this.#bytes = new Uint8Array(packed.length - count);
    this.#starts = new Uint32Array(count + 1);
    for (let at = 0, rank = 0; rank < count; rank += 1) {
      const next = at + 1 + (packed[at] ?? 0);
      let end = this.#starts[rank] ?? 0;
      for (at += 1; at < next; at += 1, end += 1) this.#bytes[end] = packed[at] ?? 0;
      this.#starts[rank + 1] = end;
    }
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(count * SLOTS_PER_TOKEN))).fill(NO_TOKEN);
    for (let rank = 0; rank < count; rank += 1) this.#insert(rank);
  }

  /** The rank of the token that these bytes are: the lower, the earlier it is merged; {@link NO_TOKEN} where they are none. */
  rank(bytes: Uint8Array, from: number, to: number): number {
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let slot = hash(bytes, from, to) & last; ; slot = (slot + 1) & last) {
      const rank = slots[slot] ?? NO_TOKEN;
      if (rank === NO_TOKEN || this.#is(rank, bytes, from, to)) return rank;
    }
  }

  #insert(rank: number): void {
    const from = this.#starts[rank] ?? 0;
    const to = this.#starts[rank + 1] ?? 0;
    if (from === to) return;
    const last = this.#slots.length - 1;
    let slot = hash(this.#bytes, from, to) & last;
    while (this.#slots[slot] !== NO_TOKEN) slot = (slot + 1) & last;
    this.#slots[slot] = rank;
  }

  #is(rank: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[rank] ?? 0;
    if ((this.#starts[rank + 1] ?? 0) - start !== to - from) return false;
    for (let at = from; at < to; at += 1) if (this.#bytes[start + at - from] !== bytes[at]) return false;
    return true;
  }
}
