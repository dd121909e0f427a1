/** `POST /v1/chat/completions`, and FastChat's `/api/v1/chat/completions`, which takes a repetition penalty besides. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { serveModel, type ServeModelOptions } from '../relay/serve-model';

export function createChatCompletionsRouter(options: ServeModelOptions): Router {
  const path = workerPaths.chatCompletions;
  const router = Router();
  router.post(path, serveModel({ operation: 'chat', path }, options));
  router.post('/api/v1/chat/completions', serveModel({ operation: 'apiChat', path }, options));
  return router;
}
