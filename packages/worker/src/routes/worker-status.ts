/** What the worker tells of itself: `/worker_get_status` (FastChat), `/v1/models` (native), `/health`. */
import { toModelList, workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import type { BaseModelWorker } from '../base-model-worker';

export function createWorkerStatusRouter(worker: BaseModelWorker, startedAt: Date): Router {
  const router = Router();
  const created = Math.floor(startedAt.getTime() / 1000);
  router.post(workerPaths.status, (_request, response) => void response.json(worker.getStatus()));
  router.get(
    workerPaths.models,
    (_request, response) => void response.json(toModelList(worker.modelNames, created)),
  );
  return router;
}
