/** The body of a peer's answer as it comes: read in pieces, never more held than a little, closed by whoever gives it up. */
import type { Dispatcher } from 'undici';
import type { StreamBody } from './stream-body';

/**
 * Bytes that wait for their reader before the peer is stopped, once here and once in the socket (undici's own choice there
 * is 64 KiB): enough for the hop, little for a client that has stopped reading.
 */
export const HIGH_WATER_MARK = 4 * 1024;

/** undici's handle of a running request. */
export type AnswerControl = Pick<Dispatcher.DispatchController, 'pause' | 'resume' | 'abort' | 'paused'>;

const nothing = (): void => undefined;

/** Why reading a body that its own reader has closed fails. */
class BodyClosedError extends Error {
  constructor() {
    super('the body was closed before its end');
    this.name = 'BodyClosedError';
  }
}

/**
 * One reader at a time. It exists because undici's own body, a Node `Readable`, holds two more buffers of 64 KiB for each
 * stream whose reader has stopped (docs/decisions/2026-11-26-answer-body.md).
 */
export class AnswerBody implements StreamBody {
  readonly #control: AnswerControl;
  #pieces: Buffer[] = [];
  #size = 0;
  #error: Error | undefined;
  #hasEnded = false;
  #isDiscarding = false;
  #wake: (() => void) | undefined;
  #close: () => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(control: AnswerControl) {
    this.#control = control;
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  /** A body that has been read already, put back. */
  static of(bytes: Buffer): AnswerBody {
    const body = new AnswerBody({ pause: nothing, resume: nothing, abort: nothing, paused: false });
    body.push(bytes);
    body.end();
    return body;
  }

  get isClosed(): boolean {
    return this.#hasEnded || this.#error !== undefined;
  }

  /** Whatever has come since the last read, at least one byte; `undefined` at the end. Throws when the answer broke off. */
  async read(): Promise<Buffer | undefined> {
    while (this.#size === 0) {
      if (this.#error) throw this.#error;
      if (this.#hasEnded) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#take();
  }

  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    return this.iterator({ destroyOnReturn: true });
  }

  async *iterator({ destroyOnReturn }: { destroyOnReturn: boolean }): AsyncGenerator<Buffer, void> {
    try {
      for (let bytes = await this.read(); bytes; bytes = await this.read()) yield bytes;
    } finally {
      if (destroyOnReturn) this.destroy();
    }
  }

  discard(): void {
    this.#isDiscarding = true;
    this.#pieces = [];
    this.#size = 0;
    this.#control.resume();
  }

  destroy(reason: Error = new BodyClosedError()): void {
    this.fail(reason);
  }

  /** Takes bytes from the connection. */
  push(bytes: Buffer): void {
    if (this.#isDiscarding) return;
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    this.#wake?.();
    if (this.#size < HIGH_WATER_MARK) return;
    this.#control.pause();
    // The pieces are views of a socket's buffer of 64 KiB, which must not be held for them.
    this.#pieces = [joined(this.#pieces, this.#size)];
  }

  end(): void {
    this.#hasEnded = true;
    this.#settle();
  }

  /** The connection broke, or somebody broke it off: what has come is still read first, but for an abort of our own. */
  fail(error: Error, { isOurs = true }: { isOurs?: boolean } = {}): void {
    if (this.isClosed) return;
    this.#error = error;
    if (isOurs) {
      this.#pieces = [];
      this.#size = 0;
      this.#control.abort(error);
    }
    this.#settle();
  }

  #settle(): void {
    this.#wake?.();
    this.#close();
  }

  #take(): Buffer {
    const [first, ...others] = this.#pieces;
    const bytes = first && others.length === 0 ? first : joined(this.#pieces, this.#size);
    this.#pieces = [];
    this.#size = 0;
    if (this.#control.paused && !this.isClosed) this.#control.resume();
    return bytes;
  }
}

/** A copy in memory of its own: a slice of Node's shared pool would hold the pool. */
function joined(pieces: readonly Buffer[], size: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const piece of pieces) at += piece.copy(whole, at);
  return whole;
}
