/** `POST /v1/chat/completions`: the native protocol. */
import { workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { parseChatRequest } from '../chat/chat-request';
import { serveChat, type ServeChatDependencies } from '../chat/serve-chat';
import { serveRequest, type RouteOptions } from './serve-request';

export function createChatCompletionsRouter(options: ServeChatDependencies & RouteOptions): Router {
  const router = Router();
  router.post(
    workerPaths.chatCompletions,
    serveRequest(options, (body, response, context) =>
      serveChat(parseChatRequest(body), response, context, options),
    ),
  );
  return router;
}
