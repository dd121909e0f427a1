/** Byte pair encoding as OpenAI's tiktoken does it: of all neighbours those are merged first whose union ranks lowest. */
import { NO_TOKEN, type Vocabulary } from './vocabulary';

export class BytePairs {
  readonly #vocabulary: Vocabulary;
  /** Where each part begins, and the end of the word; used again for each word. */
  #starts = new Int32Array(512);
  /** The rank of each part together with the next. */
  #ranks = new Int32Array(512);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Tokens of the word that the first `length` bytes are. Costs the square of the length. */
  count(bytes: Uint8Array, length: number): number {
    if (length <= 1 || this.#vocabulary.rank(bytes, 0, length) !== NO_TOKEN) return Math.min(length, 1);
    this.#cutIntoBytes(bytes, length);
    let parts = length;
    for (let part = this.#lowest(parts); part !== undefined; part = this.#lowest(parts)) {
      this.#starts.copyWithin(part + 1, part + 2, parts + 1);
      this.#ranks.copyWithin(part + 1, part + 2, parts);
      parts -= 1;
      this.#rankPair(bytes, part, parts);
      if (part > 0) this.#rankPair(bytes, part - 1, parts);
    }
    return parts;
  }

  #cutIntoBytes(bytes: Uint8Array, length: number): void {
    if (length >= this.#starts.length) {
      this.#starts = new Int32Array(length * 2);
      this.#ranks = new Int32Array(length * 2);
    }
    for (let at = 0; at <= length; at += 1) this.#starts[at] = at;
    for (let part = 0; part < length; part += 1) this.#rankPair(bytes, part, length);
  }

  #rankPair(bytes: Uint8Array, part: number, parts: number): void {
    const [starts, ranks] = [this.#starts, this.#ranks];
    ranks[part] =
      part + 2 > parts ? NO_TOKEN : this.#vocabulary.rank(bytes, starts[part] ?? 0, starts[part + 2] ?? 0);
  }

  /** The leftmost part whose rank is the lowest; `undefined` when nothing is left to merge. */
  #lowest(parts: number): number | undefined {
    let found: number | undefined;
    let best = NO_TOKEN;
    for (let part = 0; part < parts; part += 1) {
      const rank = this.#ranks[part] ?? NO_TOKEN;
      if (rank >= best) continue;
      best = rank;
      found = part;
    }
    return found;
  }
}
