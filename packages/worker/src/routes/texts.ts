/** `POST /v1/completions` and `POST /v1/embeddings`: the native protocol beside chat. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import type { ServeDependencies } from '../chat/serve-chat';
import { serveCompletion, serveEmbeddings } from '../chat/serve-texts';
import { serveRequest, type RouteOptions } from './serve-request';

export function createTextsRouter(options: ServeDependencies & RouteOptions): Router {
  const router = Router();
  router.post(
    workerPaths.completions,
    serveRequest(options, (body, response, context) => serveCompletion(body, response, context, options)),
  );
  router.post(
    workerPaths.embeddings,
    serveRequest(options, (body, response, context) => serveEmbeddings(body, response, context, options)),
  );
  return router;
}
