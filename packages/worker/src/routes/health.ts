/** `/health`: open to all, for start scripts and health checks. */
import { Router } from 'express';
import type { BaseModelWorker } from '../base-model-worker';

export function createHealthRouter(worker: BaseModelWorker): Router {
  const router = Router();
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok', models: worker.modelNames, queue_length: worker.limit.queueLength() });
  });
  return router;
}
