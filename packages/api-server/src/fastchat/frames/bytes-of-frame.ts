/** The bytes of one frame as they came from the socket, in pieces, never copied as a whole unless asked for. */
export class BytesOfFrame {
  #pieces: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Bytes `from` to `to`, as `Buffer.subarray` counts them. */
  slice(from: number, to = this.#size): Buffer {
    const parts: Buffer[] = [];
    let start = 0;
    for (const piece of this.#pieces) {
      const end = start + piece.length;
      if (end > from && start < to) parts.push(piece.subarray(Math.max(0, from - start), to - start));
      start = end;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  clear(): void {
    this.#pieces = [];
    this.#size = 0;
  }
}
