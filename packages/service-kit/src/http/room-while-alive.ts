/** Waiting for a client that reads slowly, but never for longer than its answer may last. */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock';
import { whenAborted } from '../when-aborted';

/** Milliseconds for the words that end a broken answer; then a client that still does not read is let go. */
const TAIL_WAIT_MS = 5_000;

/** Resolves with `room`. Throws the signal's reason when it aborts first; the response then has a little time to end. */
export async function roomWhileAlive(
  room: Promise<void>,
  signal: AbortSignal,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  let release: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (release = whenAborted(signal, resolve)));
  await Promise.race([room, end]);
  release();
  if (!signal.aborted) return;
  if (!response.destroyed) letGoSoon(response, clock);
  signal.throwIfAborted();
}

function letGoSoon(response: ServerResponse, clock: Clock): void {
  const timer = clock.after(TAIL_WAIT_MS, () => response.destroy());
  response.once('close', () => timer.stop());
}
