/** Tells where a JSON object ends while it comes in pieces, without parsing it again for each of them. */

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
    if (this.#isComplete || (this.#hasBegun && !this.#isObject)) return;
    for (const character of text) {
      this.#take(character);
      if (this.#isComplete || (this.#hasBegun && !this.#isObject)) return;
    }
  }

  #take(character: string): void {
    if (this.#isInString) return this.#takeInString(character);
    if (!this.#hasBegun) {
      if (character.trim() === '') return;
      this.#hasBegun = true;
      this.#isObject = character === '{';
    }
    if (character === '"') this.#isInString = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') {
      this.#depth -= 1;
      this.#isComplete = this.#depth === 0;
    }
  }

  #takeInString(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isInString = false;
  }
}
