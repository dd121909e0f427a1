/** A client's request for a model, from its body to the last byte of its answer; the routes say what differs. */
import {
  forwardedRequestHeaders,
  isRecord,
  OrcestatorError,
  parseJson,
  pickHeaders,
  REQUEST_ID_HEADER,
  type JsonRecord,
} from '@orcestator/protocol';
import {
  clientGoneSignal,
  requestIdOf,
  startServerTiming,
  whenAborted,
  type Clock,
} from '@orcestator/service-kit';
import { raw, type Request, type RequestHandler, type Response } from 'express';
import { statusForClient } from '../client-profile';
import type { ModelRequest, Operation } from '../drivers/driver';
import type { ApiServerMetrics } from '../metrics';
import { notTooDeep } from './check-nesting';
import { startDeadline } from './deadline';
import { openWorker, type OpenWorkerOptions } from './open-worker';
import { relayAnswer } from './relay-answer';

export interface ServeModelOptions {
  readonly workers: OpenWorkerOptions;
  /** Milliseconds to the first byte: a stream begins at once, one body only when the whole answer is there. */
  readonly firstByteTimeout: (isStream: boolean) => number;
  /** Milliseconds for the whole answer. */
  readonly totalTimeout: number;
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly clock: Clock;
  readonly stopSignal: AbortSignal;
  readonly metrics: ApiServerMetrics;
}

export interface ModelRoute {
  readonly operation: Operation;
  /** Path at a worker that speaks OpenAI's protocol. */
  readonly path: string;
}

/** A signal that says why a request ends early; `release` when it has ended by itself. */
export interface RequestLife {
  readonly signal: AbortSignal;
  readonly isGone: () => boolean;
  readonly release: () => void;
}

/** The body parser and the handler of one route. */
export function serveModel(route: ModelRoute, options: ServeModelOptions): RequestHandler[] {
  const { workers, firstByteTimeout, totalTimeout, clock, stopSignal, metrics } = options;
  return [
    bodyParser(options.bodyLimit),
    async (request, response) => {
      const { model, isStream, body } = readRequest(request);
      const life = watchRequest(response, stopSignal);
      const deadline = startDeadline(life.signal, totalTimeout, clock);
      const { signal, endAfterTotal } = deadline;
      const answerTimer = metrics.startAnswer();
      const timing = startServerTiming(response, 'gateway', clock);
      try {
        const asked: ModelRequest = {
          ...route,
          model,
          isStream,
          body,
          fields: () => readFields(body),
          headers: workerHeaders(request, response),
          signal,
          firstByteTimeout: firstByteTimeout(isStream),
          timing,
          onBroken: answerTimer.onBroken,
          endAfterTotal,
        };
        const { answer, verdict } = await openWorker(asked, workers);
        const status = statusForClient(request.headers, answer.status);
        const { onBytes } = answerTimer;
        await relayAnswer({ answer, response, clock, signal, status, onBytes, verdict });
      } finally {
        deadline.stop();
        life.release();
        answerTimer.end(life.isGone());
      }
    },
  ];
}

/** Any content type: clients forget it. */
export function bodyParser(limit: number): RequestHandler {
  return raw({ limit, type: () => true });
}

export function watchRequest(response: Response, stopSignal: AbortSignal): RequestLife {
  const abort = new AbortController();
  const gone = clientGoneSignal(response);
  // Both may have aborted before: a packed body is unpacked in turns of its own, and the client may leave meanwhile.
  whenAborted(gone, () => abort.abort(gone.reason));
  const release = whenAborted(stopSignal, () =>
    abort.abort(new OrcestatorError('shutting_down', 'The gateway is shutting down; ask again.')),
  );
  return {
    signal: abort.signal,
    isGone: () => gone.aborted,
    release,
  };
}

export function workerHeaders(request: Request, response: Response): Record<string, string> {
  return {
    ...pickHeaders(request.headers, forwardedRequestHeaders),
    'content-type': 'application/json',
    [REQUEST_ID_HEADER]: requestIdOf(response),
  };
}

export function bodyOf(request: Request): Buffer {
  if (Buffer.isBuffer(request.body) && request.body.length > 0) return withoutByteOrderMark(request.body);
  throw new OrcestatorError('invalid_request', 'The body is empty; a JSON object is expected.');
}

export function readFields(body: Buffer): JsonRecord {
  const parsed = parseJson(body.toString('utf8'));
  if (parsed === undefined) throw new OrcestatorError('invalid_request', 'The body is not valid JSON.');
  if (!isRecord(parsed)) throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
  return parsed;
}

/** All that the API server wants to know of a request before it knows the worker. */
function readRequest(request: Request): { model: string; isStream: boolean; body: Buffer } {
  const body = bodyOf(request);
  const fields = readFields(body);
  const isStream = fields.stream === true;
  if (typeof fields.model === 'string' && fields.model !== '') {
    return { model: fields.model, isStream, body };
  }
  // FastChat's older embeddings path names the model itself.
  const { model } = request.params;
  if (model !== undefined) {
    const named = [model].flat().join('/');
    return {
      model: named,
      isStream,
      body: Buffer.from(JSON.stringify({ ...notTooDeep(fields), model: named })),
    };
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
