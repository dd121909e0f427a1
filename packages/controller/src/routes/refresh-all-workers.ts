/** `POST /refresh_all_workers`: asks every worker again and answers when all have been asked. */
import { controllerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';

export function createRefreshAllWorkersRouter(controller: Controller): Router {
  const router = Router();
  router.post(controllerPaths.refreshAllWorkers, async (_request, response) => {
    await controller.refreshAllWorkers();
    response.json(null);
  });
  return router;
}
