/** A text that grows, kept as the inside of a JSON string: each frame repeats it, and nothing is escaped twice. */

/** Half of a character whose other half has not come (UTF-16). */
const openHalf = /[\ud800-\udbff]$/;

export class FrameText {
  #escaped = '';
  #length = 0;
  #half = '';

  /** Characters that a frame would have now. */
  get length(): number {
    return this.#length;
  }

  /** As the inside of a JSON string. */
  get escaped(): string {
    return this.#escaped;
  }

  /** Python cannot send half a character on: it waits for its other half. */
  add(piece: string): void {
    const text = this.#half + piece;
    this.#half = openHalf.exec(text)?.[0] ?? '';
    this.#keep(this.#half === '' ? text : text.slice(0, -1));
  }

  /** What has waited in vain becomes U+FFFD. */
  end(): void {
    if (this.#half !== '') this.#keep('\ufffd');
    this.#half = '';
  }

  #keep(text: string): void {
    // A half in the middle has no other one; Buffer writes U+FFFD for it.
    const whole = /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
    this.#escaped += JSON.stringify(whole).slice(1, -1);
    this.#length += whole.length;
  }
}
