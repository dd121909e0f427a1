/** A whole body that comes in pieces, bounded. */

/** Largest JSON body in bytes that is accepted in place of a stream. */
const BODY_LIMIT = 32 * 1024 * 1024;

export class BodyText {
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** False when it has become too large; then nothing of it is kept. */
  add(piece: Uint8Array): boolean {
    this.#size += piece.length;
    if (this.#size > BODY_LIMIT) this.#pieces = [];
    else this.#pieces.push(piece);
    return this.#size <= BODY_LIMIT;
  }

  take(): string {
    const text = Buffer.concat(this.#pieces).toString('utf8');
    this.#pieces = [];
    return text;
  }
}
