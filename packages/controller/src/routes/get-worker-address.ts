/** `POST /get_worker_address`: 200 with an empty address when no worker serves the model, as FastChat. */
import { controllerPaths, parseGetWorkerAddressRequest } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import type { Settling } from '../settling';
import { controlBody } from './body-parsers';

export function createGetWorkerAddressRouter(controller: Controller, settling: Settling): Router {
  const router = Router();
  router.post(controllerPaths.getWorkerAddress, controlBody, async (request, response) => {
    const asked = parseGetWorkerAddressRequest(request.body);
    while (!controller.serves(asked) && (await settling.change())) {
      // Somebody has registered; perhaps for this model.
    }
    response.json(controller.getWorkerAddress(asked));
  });
  return router;
}
