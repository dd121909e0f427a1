/** `/worker_generate_stream`, `/worker_generate`, `/worker_get_embeddings`: FastChat's worker API (base_model_worker.py). */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { serveFastChatEmbeddings } from '../fastchat/serve-embeddings';
import {
  serveGenerateOnce,
  serveGenerateStream,
  type GenerateDependencies,
} from '../fastchat/serve-generate';
import { serveRequest, type RouteOptions } from './serve-request';

export function createWorkerGenerateRouter(options: GenerateDependencies & RouteOptions): Router {
  const router = Router();
  router.post(
    workerPaths.generateStream,
    serveRequest(options, (value, response, context) =>
      serveGenerateStream({ value, response, context }, options),
    ),
  );
  router.post(
    workerPaths.generate,
    serveRequest(options, (value, response, context) =>
      serveGenerateOnce({ value, response, context }, options),
    ),
  );
  router.post(
    workerPaths.getEmbeddings,
    serveRequest(options, (value, response, context) =>
      serveFastChatEmbeddings(value, response, context, options),
    ),
  );
  return router;
}
