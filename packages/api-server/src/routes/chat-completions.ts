/** `POST /v1/chat/completions`: reads the model's name out of the request and relays the rest untouched. */
import {
  forwardedRequestHeaders,
  isRecord,
  OrcestatorError,
  parseJson,
  pickHeaders,
  REQUEST_ID_HEADER,
  workerPaths,
} from '@orcestator/protocol';
import { clientGoneSignal, requestIdOf, startServerTiming, type Clock } from '@orcestator/service-kit';
import { raw, Router, type Request } from 'express';
import { statusForClient } from '../client-profile';
import type { ApiServerMetrics } from '../metrics';
import { openWorker, type OpenWorkerOptions } from '../relay/open-worker';
import { relayAnswer } from '../relay/relay-answer';

export interface ChatCompletionsOptions {
  readonly workers: OpenWorkerOptions;
  /** Milliseconds to the first byte: a stream begins at once, one body only when the whole answer is there. */
  readonly firstByteTimeout: (isStream: boolean) => number;
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly clock: Clock;
  readonly stopSignal: AbortSignal;
  readonly metrics: ApiServerMetrics;
}

export function createChatCompletionsRouter(options: ChatCompletionsOptions): Router {
  const { workers, firstByteTimeout, bodyLimit, clock, stopSignal, metrics } = options;
  const router = Router();
  router.post(
    workerPaths.chatCompletions,
    raw({ limit: bodyLimit, type: () => true }),
    async (request, response) => {
      const body = bodyOf(request);
      const { model, isStream } = readRequest(body);
      const abort = new AbortController();
      const gone = clientGoneSignal(response);
      gone.addEventListener('abort', () => abort.abort(gone.reason), { once: true });
      const stop = (): void =>
        abort.abort(new OrcestatorError('shutting_down', 'The gateway is shutting down; ask again.'));
      stopSignal.addEventListener('abort', stop, { once: true });
      const answerTimer = metrics.startAnswer();
      const timing = startServerTiming(response, 'gateway', clock);
      try {
        const headers = {
          ...pickHeaders(request.headers, forwardedRequestHeaders),
          'content-type': 'application/json',
          [REQUEST_ID_HEADER]: requestIdOf(response),
        };
        const path = workerPaths.chatCompletions;
        const timeout = firstByteTimeout(isStream);
        const answer = await openWorker(
          { model, path, headers, body, signal: abort.signal, firstByteTimeout: timeout, timing },
          workers,
        );
        const status = statusForClient(request.headers, answer.status);
        await relayAnswer({
          answer,
          response,
          clock,
          signal: abort.signal,
          status,
          onBytes: answerTimer.onBytes,
          onBroken: answerTimer.onBroken,
        });
      } finally {
        stopSignal.removeEventListener('abort', stop);
        answerTimer.end(gone.aborted);
      }
    },
  );
  return router;
}

function bodyOf(request: Request): Buffer {
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return withoutByteOrderMark(request.body);
  throw new OrcestatorError('invalid_request', 'The body is empty; a JSON object is expected.');
}

/** All that the API server wants to know of a request. */
function readRequest(body: Buffer): { model: string; isStream: boolean } {
  const parsed = parseJson(body.toString('utf8'));
  if (parsed === undefined) throw new OrcestatorError('invalid_request', 'The body is not valid JSON.');
  if (!isRecord(parsed)) throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
  if (typeof parsed.model === 'string' && parsed.model !== '') {
    return { model: parsed.model, isStream: parsed.stream === true };
  }
  throw new OrcestatorError(
    'invalid_request',
    '"model" is missing: ask for "orcestator" or an OpenRouter id such as "openai/gpt-4o".',
    { param: 'model' },
  );
}

/** PowerShell 5 writes one before the JSON of a file (RFC 8259 §8.1 allows to ignore it). */
function withoutByteOrderMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}
