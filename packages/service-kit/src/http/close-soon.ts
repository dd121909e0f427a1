/** What to do with a body whose content is complete while its connection is still open. */
import type { Readable } from 'node:stream';
import type { Clock } from '../clock';

/** Milliseconds that a peer may keep its connection open after the end of its stream (pitfall 26). */
const GRACE_MS = 1_000;

/** Lets a connection end by itself, so that it can be used again, but not for ever. */
export function closeSoon(body: Readable, clock: Clock): void {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  const timer = clock.after(GRACE_MS, () => body.destroy());
  body.once('close', () => timer.stop());
}
