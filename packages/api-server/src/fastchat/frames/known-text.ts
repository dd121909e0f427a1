/** Where in a frame's bytes the text ends that is known already, and how to tell that the next frame goes on from there. */
import type { BytesOfFrame } from './bytes-of-frame';

/** Every FastChat worker writes `text` first. */
const HEAD = /^\{\s*"text"\s*:\s*"/;
/** Bytes searched for the head. */
const HEAD_LIMIT = 64;
/**
 * Bytes before the end of the known text that must be the same. A text that was changed further back is not noticed, and
 * need not be: what was given out cannot be taken back.
 */
const WINDOW = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class KnownText {
  #window: Buffer = Buffer.alloc(0);

  private constructor(
    /** The bytes before the text. */
    readonly head: Buffer,
    /** Offset of the first byte that is not known. */
    public end: number,
  ) {}

  /** Finds the text in a whole frame; `undefined` where `text` does not stand first. */
  static find(frame: Buffer): KnownText | undefined {
    const head = HEAD.exec(frame.toString('latin1', 0, HEAD_LIMIT))?.[0];
    if (head === undefined) return undefined;
    const end = closingQuote(frame, head.length);
    return end < 0 ? undefined : new KnownText(Buffer.from(head, 'latin1'), end);
  }

  /** Remembers the bytes before `end` of this frame. */
  moveTo(frame: BytesOfFrame, end: number): void {
    this.end = end;
    // A copy: the frame's own bytes must be free to go.
    this.#window = Buffer.from(frame.slice(Math.max(this.head.length, end - WINDOW), end));
  }

  continuesIn(frame: BytesOfFrame): boolean {
    if (frame.size <= this.end) return false;
    if (!frame.slice(0, this.head.length).equals(this.head)) return false;
    return frame.slice(this.end - this.#window.length, this.end).equals(this.#window);
  }
}

/** Offset of the quote that closes the JSON string whose content begins at `from`; -1 where there is none. */
export function closingQuote(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && bytes[at - backslashes - 1] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

/** `\ufffd` written as an escape, and as UTF-8. */
const ESCAPED = 6;
const PLAIN = 3;

/** Bytes before `end` that hold the last `count` characters, all U+FFFD. */
export function heldBytes(frame: BytesOfFrame, end: number, count: number): number {
  if (count === 0) return 0;
  const bytes = frame.slice(Math.max(0, end - count * ESCAPED), end);
  let held = 0;
  for (let left = count; left > 0; left -= 1) {
    held +=
      bytes.toString('latin1', bytes.length - held - 1, bytes.length - held) === '\xbd' ? PLAIN : ESCAPED;
  }
  return held;
}
