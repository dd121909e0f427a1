/** Looks at a worker's event stream just enough to end it properly when the worker does not (pitfalls 26, 27, 47). */
import {
  encodeErrorTail,
  isRecord,
  parseJson,
  SSE_DONE,
  SseDecoder,
  type OrcestatorError,
  type StreamProgress,
} from '@orcestator/protocol';

/** At the start of a line only: an answer about event streams has these words in its texts too. */
const DONE = Buffer.from('\ndata: [DONE]');
/** Cannot occur inside texts: there its quotes are escaped. */
const FINISH = Buffer.from('"finish_reason":"');
const BLANK_LINE = '\n\n';
/** Bytes of the end that are remembered between two pieces, so that a mark cut in two is found. */
const OVERLAP = 24;
/** Bytes searched for the first chunk's id; what comes later is not needed. */
const HEAD_LIMIT = 64 * 1024;

export class StreamEnd {
  /** A stream begins as if an event had ended before it. */
  #tail: Buffer = Buffer.from(BLANK_LINE);
  #head: SseDecoder | undefined = new SseDecoder();
  #headBytes = 0;
  #sent: StreamProgress['sent'];
  #isDone = false;
  #hasFinish = false;

  /** True once `[DONE]` has passed. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** True while the answer is not whole: neither `[DONE]` nor a finish chunk has passed. */
  get isBroken(): boolean {
    return !this.#isDone && !this.#hasFinish;
  }

  /** True where something may be put in without breaking an event. */
  get isBetweenEvents(): boolean {
    return this.#tail.toString('latin1').endsWith(BLANK_LINE);
  }

  /** Takes each piece as it is relayed. */
  look(piece: Buffer): void {
    this.#readHead(piece);
    const seam = Buffer.concat([this.#tail, piece.subarray(0, OVERLAP)]);
    this.#isDone ||= seam.includes(DONE) || piece.includes(DONE);
    this.#hasFinish ||= seam.includes(FINISH) || piece.includes(FINISH);
    this.#tail =
      piece.length >= OVERLAP
        ? piece.subarray(-OVERLAP)
        : Buffer.concat([this.#tail, piece]).subarray(-OVERLAP);
  }

  /** The bytes that are missing; at most a blank line after `[DONE]`. The error is asked for only where it is told. */
  missing(error: () => OrcestatorError): string {
    // A blank line ends what was cut off in the middle; where nothing was, it says nothing.
    const seam = this.isBetweenEvents ? '' : BLANK_LINE;
    if (this.#isDone) return seam;
    if (this.#hasFinish) return seam + SSE_DONE;
    return seam + encodeErrorTail({ sent: this.#sent, openChoices: [0] }, error());
  }

  #readHead(piece: Buffer): void {
    if (!this.#head) return;
    for (const event of this.#head.push(piece)) {
      const chunk = parseJson(event.data);
      if (!isRecord(chunk) || typeof chunk.id !== 'string') continue;
      const { id, created, model } = chunk;
      this.#sent = {
        id,
        created: typeof created === 'number' ? created : 0,
        model: typeof model === 'string' ? model : '',
      };
      break;
    }
    this.#headBytes += piece.length;
    if (this.#sent || this.#headBytes > HEAD_LIMIT) this.#head = undefined;
  }
}
