/** `GET /v1/models` and `/v1/models/{id}`: a question to the controller, never a refresh of its workers (F7). */
import { OrcestatorError, toModelCard, toModelList } from '@orcestator/protocol';
import { clientGoneSignal } from '@orcestator/service-kit';
import { Router } from 'express';
import type { ControllerClient } from '../controller-client';

export function createModelsRouter(controller: ControllerClient, startedAt: Date): Router {
  const router = Router();
  const created = Math.floor(startedAt.getTime() / 1000);
  router.get('/v1/models', async (_request, response) => {
    const models = await controller.listModels(clientGoneSignal(response));
    response.json(toModelList([...models].sort(), created));
  });
  // Ids contain slashes, escaped or not.
  router.get('/v1/models/*id', async (request, response) => {
    const id = [request.params.id].flat().join('/');
    const models = await controller.listModels(clientGoneSignal(response));
    if (!models.includes(id))
      throw new OrcestatorError(
        'model_not_found',
        `The model "${id}" is not in the list of GET /v1/models.`,
        { param: 'model' },
      );
    response.json(toModelCard(id, created));
  });
  return router;
}
