/** Whether two texts that come in pieces are the same, without keeping them (FNV-1a over UTF-16 units, and the length). */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export class TextDigest {
  #hash = OFFSET;
  #length = 0;

  static of(text: string): TextDigest {
    const digest = new TextDigest();
    digest.add(text);
    return digest;
  }

  add(text: string): void {
    for (let at = 0; at < text.length; at += 1)
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(at), PRIME);
    this.#length += text.length;
  }

  equals(other: TextDigest): boolean {
    return this.#length === other.#length && this.#hash === other.#hash;
  }
}
