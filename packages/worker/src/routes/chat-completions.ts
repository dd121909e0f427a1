/** `POST /v1/chat/completions`: the native protocol. */
import { workerPaths, OrcestatorError } from '@orcestator/protocol';
import { clientGoneSignal, requestIdOf } from '@orcestator/service-kit';
import { json, Router } from 'express';
import { parseChatRequest } from '../chat/chat-request';
import { serveChat, type ServeChatDependencies } from '../chat/serve-chat';

export interface ChatCompletionsOptions extends ServeChatDependencies {
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly stopSignal: AbortSignal;
}

export function createChatCompletionsRouter(options: ChatCompletionsOptions): Router {
  const router = Router();
  router.post(
    workerPaths.chatCompletions,
    json({ limit: options.bodyLimit, type: () => true }),
    async (request, response) => {
      const chat = parseChatRequest(request.body);
      const signal = joinStop(clientGoneSignal(response), options.stopSignal);
      const context = { requestId: requestIdOf(response), headers: request.headers, signal: signal.signal };
      try {
        await serveChat(chat, response, context, options);
      } finally {
        signal.release();
      }
    },
  );
  return router;
}

/** One signal for "the client has left" and "the service stops"; `AbortSignal.any` would keep each one alive. */
function joinStop(clientGone: AbortSignal, stop: AbortSignal): { signal: AbortSignal; release: () => void } {
  const joined = new AbortController();
  const leave = (): void => joined.abort(clientGone.reason);
  const halt = (): void =>
    joined.abort(new OrcestatorError('shutting_down', 'The worker is shutting down; ask again.'));
  clientGone.addEventListener('abort', leave, { once: true });
  stop.addEventListener('abort', halt, { once: true });
  return { signal: joined.signal, release: () => stop.removeEventListener('abort', halt) };
}
