/** `POST /worker_get_status`: the controller as a worker of another one. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import { readVia } from './relay-request';

export function createWorkerGetStatusRouter(controller: Controller): Router {
  const router = Router();
  router.post(workerPaths.status, async (request, response) => {
    response.json(await controller.workerGetStatus(readVia(request)));
  });
  return router;
}
