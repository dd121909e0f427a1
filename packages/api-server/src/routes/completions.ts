/** `POST /v1/completions`: OpenAI's older endpoint for raw prompts. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { serveModel, type ServeModelOptions } from '../relay/serve-model';

export function createCompletionsRouter(options: ServeModelOptions): Router {
  const path = workerPaths.completions;
  const router = Router();
  router.post(path, serveModel({ operation: 'completion', path }, options));
  return router;
}
