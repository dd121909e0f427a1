/** What a body is by its first bytes, whatever its `content-type` says: events, or one JSON value (pitfalls 28, 37). */

const LINE_ENDS = new Set([0x0a, 0x0d]);
/** Padding: blanks, tabs, line ends, and the three bytes of a byte order mark. */
const PADDING = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const COLON = 0x3a;
const JSON_BEGINS = new Set([0x7b, 0x5b]);

export class BodyKind {
  #isInComment = false;
  #kind: 'events' | 'json' | undefined;

  /** Undefined while only padding and comments have come. */
  get kind(): 'events' | 'json' | undefined {
    return this.#kind;
  }

  /** Where the first byte lies that tells the kind; -1 where these bytes do not tell it. */
  look(bytes: Uint8Array): number {
    return bytes.findIndex((byte) => this.#tells(byte));
  }

  #tells(byte: number): boolean {
    if (this.#isInComment) this.#isInComment = !LINE_ENDS.has(byte);
    else if (byte === COLON) this.#isInComment = true;
    else if (!PADDING.has(byte)) this.#kind = JSON_BEGINS.has(byte) ? 'json' : 'events';
    return this.#kind !== undefined;
  }
}
