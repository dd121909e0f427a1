/** `POST /register_worker`: a worker that cannot be reached is an error, not FastChat's silent 200 (F1). */
import { controllerPaths, parseRegisterWorkerRequest } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import { controlBody } from './body-parsers';

export function createRegisterWorkerRouter(controller: Controller): Router {
  const router = Router();
  router.post(controllerPaths.registerWorker, controlBody, async (request, response) => {
    await controller.registerWorker(parseRegisterWorkerRequest(request.body));
    response.json(null);
  });
  return router;
}
