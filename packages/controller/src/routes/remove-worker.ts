/** `POST /remove_worker`, an extension: a worker that shuts down takes itself off the list. */
import { controllerPaths, parseWorkerNameRequest } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import { controlBody } from './body-parsers';

export function createRemoveWorkerRouter(controller: Controller): Router {
  const router = Router();
  router.post(controllerPaths.removeWorker, controlBody, (request, response) => {
    const exist = controller.removeWorker(parseWorkerNameRequest(request.body).worker_name);
    response.json({ exist });
  });
  return router;
}
