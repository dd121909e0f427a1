/** Notices that the client left before its answer was complete. */
import type { ServerResponse } from 'node:http';
import { OrcestatorError } from '@orcestator/protocol';

/**
 * Aborts when the connection closes before the answer was written. It listens to the response: a request's `close`
 * fires as soon as its body is read (openrouter.md §7, pitfall 25).
 */
export function clientGoneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const check = (): void => {
    if (!response.writableEnded) controller.abort(new OrcestatorError('client_gone', 'The client left.'));
  };
  if (response.destroyed) check();
  else response.once('close', check);
  return controller.signal;
}
