/** A stream of a text worker, opened: the first frame is waited for, silences are filled, nothing hangs for ever. */
import { OrcestatorError, SSE_PING } from '@orcestator/protocol';
import { generatedBody, LATE, within, type Clock, type StreamBody } from '@orcestator/service-kit';
import type { TextEvents } from './text-events';

/** Milliseconds of silence after which the client is sent a comment (design: the stream contract). */
const PING_INTERVAL = 10_000;
const PING = Buffer.from(SSE_PING);

export interface OpenTextStreamOptions {
  readonly clock: Clock;
  /** Milliseconds of silence that a worker is allowed. */
  readonly silenceLimit: number;
  /** Closes the worker's connection. */
  readonly giveUp: (reason: OrcestatorError) => void;
}

/**
 * Resolves with the first event, or with a worker that has been silent for 10 s: waiting longer for its first frame would
 * cost the client's patience, so an error after that is written into the stream. Throws what came instead.
 */
export async function openTextStream(text: TextEvents, options: OpenTextStreamOptions): Promise<StreamBody> {
  const events = text.events();
  const first = events.next();
  await within(first, PING_INTERVAL, options.clock);
  text.hasBegun = true;
  // Pulled by its reader, so a client that does not read stops the worker.
  return generatedBody(withPings(events, first, options));
}

async function* withPings(
  events: AsyncGenerator<Buffer>,
  first: Promise<IteratorResult<Buffer>>,
  { clock, silenceLimit, giveUp }: OpenTextStreamOptions,
): AsyncGenerator<Buffer, void> {
  let next = first;
  let silentSince = clock.monotonic();
  try {
    for (;;) {
      const result = await within(next, PING_INTERVAL, clock);
      if (result === LATE) {
        if (clock.monotonic() - silentSince >= silenceLimit) giveUp(silent());
        yield PING;
        continue;
      }
      if (result.done) return;
      yield result.value;
      silentSince = clock.monotonic();
      next = events.next();
    }
  } finally {
    events.return(undefined).catch(() => undefined);
  }
}

function silent(): OrcestatorError {
  return new OrcestatorError(
    'timeout',
    'The worker went silent in the middle of its answer (FASTCHAT_WORKER_API_TIMEOUT).',
  );
}
