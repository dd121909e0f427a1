/** `GET /health`: is the gateway up, does it see its controller, which models are there. */
import { toOrcestatorError } from '@orcestator/protocol';
import { clientGoneSignal } from '@orcestator/service-kit';
import { Router } from 'express';
import type { ControllerClient } from '../controller-client';

export function createHealthRouter(controller: ControllerClient): Router {
  const router = Router();
  router.get('/health', async (_request, response) => {
    try {
      const models = await controller.listModels(clientGoneSignal(response));
      const status = models.length > 0 ? 'ok' : 'no_worker';
      response.status(status === 'ok' ? 200 : 503).json({ status, models });
    } catch (error) {
      response
        .status(503)
        .json({ status: 'no_controller', models: [], message: toOrcestatorError(error).message });
    }
  });
  return router;
}
