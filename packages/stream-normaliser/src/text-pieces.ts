/** A text that grows in many small pieces without costing an object for each of them. */

/** Pieces kept apart at most; then they become one flat string. */
const LOOSE_PIECES = 256;

export class TextPieces {
  readonly #blocks: string[] = [];
  #loose: string[] = [];

  add(piece: string): void {
    this.#loose.push(piece);
    if (this.#loose.length < LOOSE_PIECES) return;
    this.#blocks.push(this.#loose.join(''));
    this.#loose = [];
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0 && this.#loose.length === 0;
  }

  /** The piece that came last. */
  get last(): string | undefined {
    return this.#loose[this.#loose.length - 1] ?? this.#blocks[this.#blocks.length - 1];
  }

  toString(): string {
    return [...this.#blocks, ...this.#loose].join('');
  }
}
