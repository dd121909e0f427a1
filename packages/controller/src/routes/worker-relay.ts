/** The paths of a worker that are relayed to the chosen one as they are, so that a controller can be a worker itself. */
import { pipeline } from 'node:stream/promises';
import {
  forwardedAnswerHeaders,
  pickHeaders,
  toOrcestatorError,
  workerPaths,
  type WorkerProtocol,
} from '@orcestator/protocol';
import { Router } from 'express';
import { toErrorFrame } from '../relay/error-frame';
import { relayBody } from './body-parsers';
import { logRelayFailure, openChosenWorker, readRelayRequest, type RelayOptions } from './relay-request';

/** Path → the protocol that the worker must speak. `/worker_generate_stream` has a route of its own: its errors are frames. */
const relayedPaths: readonly (readonly [path: string, protocol: WorkerProtocol])[] = [
  [workerPaths.chatCompletions, 'openai'],
  [workerPaths.completions, 'openai'],
  [workerPaths.embeddings, 'openai'],
  [workerPaths.generate, 'fastchat'],
  [workerPaths.getEmbeddings, 'fastchat'],
  [workerPaths.getConvTemplate, 'fastchat'],
  [workerPaths.countToken, 'fastchat'],
  [workerPaths.modelDetails, 'fastchat'],
];

/** What a relay must keep besides: what the bytes are, and that nobody may hold them back. */
const answerHeaders = ['content-type', 'cache-control', 'x-accel-buffering', ...forwardedAnswerHeaders];

export function createWorkerRelayRouter(options: RelayOptions): Router {
  const router = Router();
  for (const [path, protocol] of relayedPaths) {
    router.post(path, relayBody, (request, response) =>
      options.calls.run(response, async (call) => {
        const relayed = readRelayRequest(request, response, options.controller.id);
        const answer = await openChosenWorker(call, relayed, { path, protocol }, options).catch(
          (thrown: unknown) => {
            if (path !== workerPaths.generate || call.clientIsGone()) throw thrown;
            // FastChat's API server looks for an error_code in this answer, and nowhere else.
            response.json(toErrorFrame(toOrcestatorError(thrown)));
          },
        );
        if (!answer) return;
        // Not Express' set(), which adds a charset.
        response.writeHead(answer.status, pickHeaders(answer.headers, answerHeaders)).flushHeaders();
        await pipeline(call.read(answer), response).catch((thrown: unknown) => {
          // The pipeline has cut the response: after its head that is the honest end.
          if (!call.clientIsGone()) logRelayFailure(options.logger, relayed.model, toOrcestatorError(thrown));
        });
      }),
    );
  }
  return router;
}
