/** `GET /test_connection` (FastChat's) and `GET /health`: open to everyone. */
import { controllerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';

export function createHealthRouter(controller: Controller): Router {
  const router = Router();
  router.get(controllerPaths.testConnection, (_request, response) => {
    response.json('success');
  });
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok', workers: controller.workerCount, models: controller.listModels() });
  });
  return router;
}
