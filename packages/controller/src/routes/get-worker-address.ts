/** `POST /get_worker_address`: 200 with an empty address when no worker serves the model, as FastChat. */
import { controllerPaths, parseGetWorkerAddressRequest } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import { controlBody } from './body-parsers';

export function createGetWorkerAddressRouter(controller: Controller): Router {
  const router = Router();
  router.post(controllerPaths.getWorkerAddress, controlBody, (request, response) => {
    response.json(controller.getWorkerAddress(parseGetWorkerAddressRequest(request.body)));
  });
  return router;
}
