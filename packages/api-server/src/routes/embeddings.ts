/** `POST /v1/embeddings`, and FastChat's older path with the model's name in it. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { serveModel, type ServeModelOptions } from '../relay/serve-model';

export function createEmbeddingsRouter(options: ServeModelOptions): Router {
  const path = workerPaths.embeddings;
  const handlers = serveModel({ operation: 'embeddings', path }, options);
  const router = Router();
  router.post(path, handlers);
  // Names contain slashes, escaped or not.
  router.post('/v1/engines/*model/embeddings', handlers);
  return router;
}
