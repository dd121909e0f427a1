/** What to do with a body whose content is complete while its connection is still open. */
import type { Clock } from '../clock';
import type { StreamBody } from './stream-body';

/** Milliseconds that a peer may keep its connection open after the end of its stream (pitfall 26). */
const GRACE_MS = 1_000;

/** Lets a connection end by itself, so that it can be used again, but not for ever. */
export function closeSoon(body: StreamBody, clock: Clock): void {
  if (body.isClosed) return;
  body.discard();
  const timer = clock.after(GRACE_MS, () => body.destroy());
  void body.closed.then(() => timer.stop());
}
