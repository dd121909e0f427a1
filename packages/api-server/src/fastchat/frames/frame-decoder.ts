/**
 * FastChat's `\0`-delimited frames with cumulative text → what each one adds. The text of a frame is read from where the
 * last frame's text ended, so the work is linear in the answer although the bytes on the wire are quadratic.
 */
import { isRecord, parseJson, type JsonRecord } from '@orcestator/protocol';
import { BytesOfFrame } from './bytes-of-frame';
import { closingQuote, heldBytes, KnownText } from './known-text';

/** What one frame says. */
export interface TextFrame {
  /** Text that is new since the last frame. */
  readonly delta: string;
  /** The other fields: `error_code`, `usage`, `finish_reason`, `logprobs` … */
  readonly fields: JsonRecord;
}

/** Bytes of one frame: 100,000 characters are at most 600,000 bytes, plus log probabilities. */
const FRAME_LIMIT = 64 * 1024 * 1024;
/** What an unfinished character decodes to; the next frame has it whole. */
const REPLACEMENT = '\ufffd';

/** One answer. Throws on what is no frame. */
export class FrameDecoder {
  readonly #frame = new BytesOfFrame();
  /** Where the known text ends in the next frame's bytes; absent until a frame has told. */
  #known: KnownText | undefined;
  /** UTF-16 units that were given out. */
  #given = 0;
  #held = '';
  /** Thrown once the sound frames before it have been given out. */
  #failure: Error | undefined;
  /** Bytes that were read as JSON: what the tests count. */
  bytesRead = 0;

  /** Takes bytes as they come, gives the frames that are complete with them. */
  push(bytes: Buffer): TextFrame[] {
    const frames: TextFrame[] = [];
    for (let from = 0; ;) {
      const end = bytes.indexOf(0, from);
      this.#frame.add(bytes.subarray(from, end < 0 ? undefined : end));
      if (this.#frame.size > FRAME_LIMIT) throw new Error(`a frame of more than ${FRAME_LIMIT} bytes`);
      if (end < 0) return frames;
      from = end + 1;
      if (!this.#take(frames)) return frames;
    }
  }

  /** The end of the bytes: a last frame without its delimiter, and what is still held back. */
  end(): TextFrame[] {
    const frames: TextFrame[] = [];
    if (this.#take(frames) && this.#held !== '') frames.push({ delta: this.#held, fields: {} });
    return frames;
  }

  /** Adds the frame that is complete; false where it is none and the frames before it come first. */
  #take(frames: TextFrame[]): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#frame.size === 0) return true;
    try {
      frames.push(this.#read());
      return true;
    } catch (error) {
      this.#failure = error as Error;
      if (frames.length === 0) throw error;
      return false;
    }
  }

  #read(): TextFrame {
    const read = this.#readTail() ?? this.#readWhole();
    this.#frame.clear();
    return read;
  }

  /** From the end of the known text; `undefined` where the frame does not go on as the last one did. */
  #readTail(): TextFrame | undefined {
    const known = this.#known;
    if (!known?.continuesIn(this.#frame)) return undefined;
    const tail = this.#frame.slice(known.end);
    const quote = closingQuote(tail, 0);
    if (quote < 0) return undefined;
    this.bytesRead += tail.length;
    const text = parseJson(`"${tail.toString('utf8', 0, quote)}"`);
    const fields = parseJson(`{"text":""${tail.toString('utf8', quote + 1)}`);
    if (typeof text !== 'string' || !isRecord(fields) || isError(fields)) return undefined;
    return { delta: this.#give(text, known.end + quote), fields };
  }

  #readWhole(): TextFrame {
    const bytes = this.#frame.slice(0);
    this.bytesRead += bytes.length;
    const fields = parseJson(bytes.toString('utf8'));
    if (!isRecord(fields)) throw new Error('a frame that is no JSON object');
    const text = typeof fields.text === 'string' ? fields.text : '';
    // What was given out cannot be taken back: a text that has become shorter or other goes on where the old one ended.
    if (isError(fields)) return { delta: '', fields };
    this.#held = '';
    if (text.length < this.#given) return { delta: '', fields };
    this.#known = KnownText.find(bytes);
    return { delta: this.#give(text.slice(this.#given), this.#known?.end ?? 0), fields };
  }

  /** `text` is all that follows what was given; `end` is where it ends in the frame's bytes. */
  #give(text: string, end: number): string {
    let ready = text.length;
    while (ready > 0 && text[ready - 1] === REPLACEMENT) ready -= 1;
    this.#held = text.slice(ready);
    this.#given += ready;
    this.#known?.moveTo(this.#frame, end - heldBytes(this.#frame, end, this.#held.length));
    return text.slice(0, ready);
  }
}

/** A frame whose `text` is the message of an error. */
export function isError(fields: JsonRecord): boolean {
  return typeof fields.error_code === 'number' && fields.error_code !== 0;
}
