/** Tells where a JSON object ends while it comes in pieces, without parsing it again for each of them. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const OPENING_BRACE = 0x7b;
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

export class JsonExtent {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasBegun = false;
  #isComplete = false;
  /** What begins with anything but a brace has no end that could be told. */
  #isObject = false;

  /** Something besides white space has come. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The brace that began it has been closed: nothing can follow. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  add(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      if (this.#isComplete || (this.#hasBegun && !this.#isObject)) return;
      this.#take(text.charCodeAt(at));
    }
  }

  #take(code: number): void {
    if (this.#isInString) return this.#takeInString(code);
    if (!this.#hasBegun) {
      if (BLANKS.has(code)) return;
      this.#hasBegun = true;
      this.#isObject = code === OPENING_BRACE;
    }
    if (code === QUOTE) this.#isInString = true;
    else if (OPENING.has(code)) this.#depth += 1;
    else if (CLOSING.has(code)) {
      this.#depth -= 1;
      this.#isComplete = this.#depth === 0;
    }
  }

  #takeInString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#isInString = false;
  }
}
