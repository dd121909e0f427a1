/** `POST /list_workers`, an extension: who is registered and how each is doing. */
import { controllerPaths, type ListWorkersAnswer } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';

export interface ListWorkersOptions {
  readonly controller: Controller;
  /** Milliseconds. */
  readonly probeInterval: number;
  /** Whether registrations by hand survive a restart. */
  readonly isKept: boolean;
}

export function createListWorkersRouter({ controller, probeInterval, isKept }: ListWorkersOptions): Router {
  const router = Router();
  router.post(controllerPaths.listWorkers, (_request, response) => {
    response.json({
      workers: controller.listWorkers(),
      probe_interval: probeInterval / 1000,
      is_kept: isKept,
    } satisfies ListWorkersAnswer);
  });
  return router;
}
