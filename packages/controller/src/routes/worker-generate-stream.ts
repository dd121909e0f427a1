/** `POST /worker_generate_stream`: relays the chosen worker's frames; every failure is exactly one frame (F2). */
import { pipeline } from 'node:stream/promises';
import { encodeFrame, OrcestatorError, toOrcestatorError, workerPaths } from '@orcestator/protocol';
import type { StreamAnswer } from '@orcestator/service-kit';
import { Router } from 'express';
import { toErrorFrame } from '../relay/error-frame';
import { wholeFrames } from '../relay/whole-frames';
import type { WorkerCall } from '../relay/worker-calls';
import { relayBody } from './body-parsers';
import {
  logRelayFailure,
  openChosenWorker,
  readRelayRequest,
  type RelayOptions,
  type RelayRequest,
} from './relay-request';

export function createWorkerGenerateStreamRouter(options: RelayOptions): Router {
  const router = Router();
  router.post(workerPaths.generateStream, relayBody, (request, response) =>
    options.calls.run(response, async (call) => {
      const relayed = readRelayRequest(request, response, options.controller.id);
      response.set('content-type', 'application/octet-stream').flushHeaders();
      await pipeline(relayFrames(options, call, relayed), response);
    }),
  );
  return router;
}

async function* relayFrames(
  options: RelayOptions,
  call: WorkerCall,
  relayed: RelayRequest,
): AsyncGenerator<Uint8Array> {
  try {
    const target = { path: workerPaths.generateStream, protocol: 'fastchat' } as const;
    const answer = await openChosenWorker(call, relayed, target, options);
    yield* wholeFrames(call.read(accepted(answer)));
  } catch (thrown) {
    const error = toOrcestatorError(thrown);
    if (error.kind === 'client_gone') throw error;
    logRelayFailure(options.logger, relayed.model, error);
    yield Buffer.from(encodeFrame(toErrorFrame(error)));
  }
}

/** Only a 200 carries frames. */
function accepted(answer: StreamAnswer): StreamAnswer {
  if (answer.status === 200) return answer;
  answer.body.destroy();
  throw new OrcestatorError('worker_unreachable', `The worker answered ${answer.status}; its log says why.`);
}
