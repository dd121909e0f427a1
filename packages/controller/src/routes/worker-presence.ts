/** `GET /worker_presence?worker_name=…`, an extension: an answer that never ends while both sides live. */
import { controllerPaths, parseWorkerNameRequest } from '@orcestator/protocol';
import { Router } from 'express';
import type { WorkerPresence } from '../worker-presence';

export function createWorkerPresenceRouter(presence: WorkerPresence): Router {
  const router = Router();
  router.get(controllerPaths.presence, (request, response) => {
    const { worker_name } = parseWorkerNameRequest(request.query);
    const closed = presence.open(worker_name, {
      beat: () => void response.write('\n'),
      end: () => void response.end(),
    });
    response.once('close', closed);
    // Once ended, the connection must not idle on a server that is waiting for its last ones.
    response.set({ 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).flushHeaders();
  });
  return router;
}
