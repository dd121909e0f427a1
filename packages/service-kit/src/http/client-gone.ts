/** Notices that the client left before its answer was complete. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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
  else {
    response.once('close', check);
    if (response.socket === null) closeWithConnection(response);
  }
  return controller.signal;
}

/**
 * The answer to a pipelined request waits for those before it and has no socket until then: when the connection closes,
 * Node tells the first one only.
 */
function closeWithConnection(response: ServerResponse): void {
  const { socket } = response.req;
  const close = (): void => {
    if (response.destroyed) return;
    response.destroy();
    response.emit('close');
  };
  if (socket.destroyed) return close();
  const queued = queuedAt(socket);
  queued.add(close);
  response.once('close', () => queued.delete(close));
}

/** What waits at each connection: one listener for all of them, however many a client sends ahead. */
const queues = new WeakMap<Socket, Set<() => void>>();

function queuedAt(socket: Socket): Set<() => void> {
  let queued = queues.get(socket);
  if (!queued) {
    const waiting = (queued = new Set<() => void>());
    queues.set(socket, waiting);
    socket.once('close', () => waiting.forEach((close) => close()));
  }
  return queued;
}
