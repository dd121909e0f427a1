/** Calls to a worker that carry one JSON each way, and the opening of its stream. */
import { isRecord, OrcestatorError, parseJson, readErrorMessage } from '@orcestator/protocol';
import {
  clusterHeaders,
  type StreamAnswer,
  type StreamBody,
  type StreamClient,
} from '@orcestator/service-kit';
import { toWorkerError } from './worker-error';
import { WorkerStatusError, type ModelRequest } from '../drivers/driver';

export interface WorkerCalls {
  /** The parsed answer of `path`; throws as {@link ProtocolDriver.open} does. */
  post(path: string, body: object, options: CallOptions): Promise<unknown>;
  /** The body of an answer that streams. */
  stream(path: string, body: object, options: CallOptions): Promise<StreamBody>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Milliseconds to the head of the answer. */
  readonly timeout: number;
}

export interface WorkerCallsOptions {
  readonly client: StreamClient;
  readonly clusterSecret: string;
}

/** Bytes of an answer that is read as one JSON; embeddings are the large ones. */
const ANSWER_LIMIT = 64 * 1024 * 1024;
/** "There is no such path": the worker lacks what is asked, a further worker of its kind would too. */
const MISSING = new Set([404, 405, 501]);

/** `headers` are the client's that a worker may see. */
export function callsTo(
  address: string,
  headers: ModelRequest['headers'],
  { client, clusterSecret }: WorkerCallsOptions,
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
    if (answer.status >= 400) throw await errorOf(answer, path);
    return answer.body;
  };
  return {
    stream: open,
    post: async (path, body, options) => {
      const value = parseJson(await readAll(await open(path, body, options)));
      if (value === undefined) throw new WorkerStatusError(path, 200);
      return value;
    },
  };
}

async function errorOf({ status, body }: StreamAnswer, path: string): Promise<Error> {
  const value = parseJson(await readAll(body));
  if (MISSING.has(status)) return lacksPath(path);
  const message = readErrorMessage(value);
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

async function readAll(body: StreamBody): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > ANSWER_LIMIT) throw new Error(`an answer of more than ${ANSWER_LIMIT} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
