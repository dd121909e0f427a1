/** An answer with an error status → the error it means, however its body ends. */
import { toOrcestatorError, type OrcestatorError } from '@orcestator/protocol';
import { generatedBody, type Clock, type StreamAnswer, type StreamBody } from '@orcestator/service-kit';
import { readErrorAnswer, type Clean } from '@orcestator/stream-normaliser';

/** Milliseconds: the status line says what to do, the body only why. */
const BODY_WAIT_MS = 3_000;

export interface RefusalOptions {
  readonly clock: Clock;
  readonly clean: Clean;
}

/** `signal` aborts when nobody waits for the answer any more: then its reason is the error. */
export async function upstreamRefusal(
  answer: StreamAnswer,
  signal: AbortSignal,
  { clock, clean }: RefusalOptions,
): Promise<OrcestatorError> {
  const body = generatedBody(whatComes(answer.body, clock));
  const refusal = await readErrorAnswer({ ...answer, body }, clean);
  return signal.aborted ? toOrcestatorError(signal.reason) : refusal;
}

/** The pieces of a body until it ends, breaks off or takes too long. */
async function* whatComes(body: StreamBody, clock: Clock): AsyncGenerator<Buffer, void> {
  const late = clock.after(BODY_WAIT_MS, () => body.destroy());
  try {
    yield* body;
  } catch {
    // What has come has been passed on.
  } finally {
    late.stop();
  }
}
