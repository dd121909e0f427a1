/** `POST /v1/chat/completions`: relays the chosen native worker's answer, so that a controller can be one itself. */
import { pipeline } from 'node:stream/promises';
import { forwardedAnswerHeaders, pickHeaders, toOrcestatorError, workerPaths } from '@orcestator/protocol';
import { Router } from 'express';
import { relayBody } from './body-parsers';
import { chooseWorker, logRelayFailure, readRelayRequest, type RelayOptions } from './relay-request';

/** What a relay must keep besides: what the bytes are, and that nobody may hold them back. */
const answerHeaders = ['content-type', 'cache-control', 'x-accel-buffering', ...forwardedAnswerHeaders];

export function createChatCompletionsRouter({ controller, calls, logger }: RelayOptions): Router {
  const router = Router();
  router.post(workerPaths.chatCompletions, relayBody, (request, response) =>
    calls.run(response, async (call) => {
      const { model, headers, body } = readRelayRequest(request, response);
      const address = chooseWorker(controller, model, 'openai');
      const answer = await call.open({ address, path: workerPaths.chatCompletions, headers, body });
      // Not Express' set(), which adds a charset.
      response.writeHead(answer.status, pickHeaders(answer.headers, answerHeaders)).flushHeaders();
      await pipeline(call.read(answer), response).catch((thrown: unknown) => {
        // The pipeline has cut the response: after its head that is the honest end.
        if (!call.clientIsGone()) logRelayFailure(logger, model, toOrcestatorError(thrown));
      });
    }),
  );
  return router;
}
