/** Calls to a worker that carry one JSON each way, and the opening of its stream. */
import { ErrorCode, isRecord, OrcestatorError, parseJson, readErrorMessage } from '@orcestator/protocol';
import {
  clusterHeaders,
  type Clock,
  type StreamAnswer,
  type StreamBody,
  type StreamClient,
} from '@orcestator/service-kit';
import { isOurError } from '../direct-server/direct-errors';
import { WorkerStatusError, type ModelRequest } from '../drivers/driver';
import { readErrorText, readWholeText } from '../read-body';
import { toWorkerError } from './worker-error';

export interface WorkerCalls {
  /** The parsed answer of `path`; throws as {@link ProtocolDriver.open} does. */
  post(path: string, body: object, options: CallOptions): Promise<unknown>;
  /** The body of an answer that streams. */
  stream(path: string, body: object, options: CallOptions): Promise<StreamBody>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Milliseconds to the head of the answer, and without a byte of a body that is read whole. */
  readonly timeout: number;
}

export interface WorkerCallsOptions {
  readonly client: StreamClient;
  readonly clusterSecret: string;
  readonly clock: Clock;
}

/** Bytes of an answer that is read as one JSON; embeddings are the large ones. */
const ANSWER_LIMIT = 64 * 1024 * 1024;
/** "There is no such path": the worker lacks what is asked, a further worker of its kind would too. */
const MISSING = new Set([404, 405, 501]);

/** Errors of ours that are about the worker, not about the request: its secret is another one, or it has a bug. */
const BROKEN = new Set<unknown>([ErrorCode.NO_PERMISSION, ErrorCode.INTERNAL_ERROR]);

/** `headers` are the client's that a worker may see. */
export function callsTo(
  address: string,
  headers: ModelRequest['headers'],
  { client, clusterSecret, clock }: WorkerCallsOptions,
): WorkerCalls {
  const open = async (path: string, body: object, options: CallOptions): Promise<StreamBody> => {
    const answer = await client.open({
      method: 'POST',
      url: address + path,
      headers: {
        ...headers,
        'content-type': 'application/json',
        ...clusterHeaders(clusterSecret, address),
      },
      body: JSON.stringify(body),
      signal: options.signal,
      headersTimeout: options.timeout,
    });
    if (answer.status >= 400) throw await errorOf(answer, path, clock);
    return answer.body;
  };
  return {
    stream: open,
    post: async (path, body, options) => {
      const text = await readAll(await open(path, body, options), options.timeout, clock);
      const value = parseJson(text);
      if (value === undefined) throw new WorkerStatusError(path, 200);
      return value;
    },
  };
}

async function errorOf({ status, body }: StreamAnswer, path: string, clock: Clock): Promise<Error> {
  const value = parseJson(await readErrorText(body, clock));
  if (MISSING.has(status)) return lacksPath(path);
  const message = readErrorMessage(value);
  if (isOurError(value) && isRecord(value) && BROKEN.has(value.code))
    return new WorkerStatusError(path, status, message);
  // A worker that speaks of the request has read it; another one would say the same.
  if (isRecord(value) && message !== undefined && typeof value.code === 'number') {
    return toWorkerError(value.code, message);
  }
  return new WorkerStatusError(path, status);
}

function lacksPath(path: string): OrcestatorError {
  return new OrcestatorError(
    'invalid_request',
    `The worker of this model does not serve ${path}, which this request needs; take another model.`,
  );
}

function readAll(body: StreamBody, timeout: number, clock: Clock): Promise<string> {
  return readWholeText(body, {
    clock,
    limit: ANSWER_LIMIT,
    silenceLimit: timeout,
    tooLarge: () => new Error(`an answer of more than ${ANSWER_LIMIT} bytes`),
    tooSilent: () => new StalledBodyError(timeout),
  });
}

/** Reads as undici's own error of this kind. */
class StalledBodyError extends Error {
  readonly code = 'UND_ERR_BODY_TIMEOUT';

  constructor(timeout: number) {
    super(`the rest of the body has not come for ${timeout} ms`);
    this.name = 'StalledBodyError';
  }
}
