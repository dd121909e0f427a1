/** A text that grows in many small pieces without costing an object for each of them. */

/** Pieces kept apart at most; then they become one flat string. */
const LOOSE_PIECES = 256;

export class TextPieces {
  readonly #limit: number;
  readonly #blocks: string[] = [];
  #loose: string[] = [];
  #kept = 0;
  #omitted = 0;

  /** `limit` in characters: what comes later is counted, not kept. */
  constructor(limit = Infinity) {
    this.#limit = limit;
  }

  add(piece: string): void {
    const room = this.#limit - this.#kept;
    const fitting = piece.length <= room ? piece : piece.slice(0, room);
    if (fitting.length < piece.length) this.#omitted += countCodePoints(piece, fitting.length);
    if (fitting === '') return;
    this.#kept += fitting.length;
    this.#loose.push(fitting);
    if (this.#loose.length < LOOSE_PIECES) return;
    this.#blocks.push(this.#loose.join(''));
    this.#loose = [];
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0 && this.#loose.length === 0;
  }

  /** Code points that came after the limit. */
  get omitted(): number {
    return this.#omitted;
  }

  /** The piece that came last, of those that are kept. */
  get last(): string | undefined {
    return this.#loose[this.#loose.length - 1] ?? this.#blocks[this.#blocks.length - 1];
  }

  toString(): string {
    return [...this.#blocks, ...this.#loose].join('');
  }
}

/** Without the second halves of pairs. */
function countCodePoints(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; at += 1) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count += 1;
  return count;
}
