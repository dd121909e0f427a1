/** Reading the whole body of a worker's answer: never more than is good for us, never for ever. */
import { OrcestatorError } from '@orcestator/protocol';
import { watchSilence, type Clock, type StreamBody } from '@orcestator/service-kit';

/** An error says what it has to say in this many bytes, and in this many milliseconds. */
const ERROR_BODY_LIMIT = 64 * 1024;
const ERROR_BODY_MS = 5_000;

/** The text of an error body as far as it came: where it is cut, stalls or is endless, the status has to say it all. */
export async function readErrorText(body: StreamBody, clock: Clock): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  const timer = clock.after(ERROR_BODY_MS, () => body.destroy());
  try {
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      if (size >= ERROR_BODY_LIMIT) break;
    }
  } catch (error) {
    // The reason of our own abort: nobody waits for this answer any more.
    if (error instanceof OrcestatorError) throw error;
  } finally {
    timer.stop();
  }
  return Buffer.concat(pieces).subarray(0, ERROR_BODY_LIMIT).toString('utf8');
}

export interface WholeBodyOptions {
  readonly clock: Clock;
  /** Bytes. */
  readonly limit: number;
  /** Milliseconds without a byte. */
  readonly silenceLimit: number;
  /** What is thrown for a body that passes a limit. */
  readonly tooLarge: () => Error;
  readonly tooSilent: () => Error;
}

/** The text of a body that matters to its last byte. */
export async function readWholeText(body: StreamBody, options: WholeBodyOptions): Promise<string> {
  const { clock, limit, silenceLimit, tooLarge, tooSilent } = options;
  const pieces: Buffer[] = [];
  let size = 0;
  const silence = watchSilence(clock, silenceLimit, () => body.destroy(tooSilent()));
  try {
    for await (const piece of body) {
      silence.touch();
      pieces.push(piece);
      size += piece.length;
      if (size > limit) throw tooLarge();
    }
  } finally {
    silence.stop();
  }
  return Buffer.concat(pieces).toString('utf8');
}
