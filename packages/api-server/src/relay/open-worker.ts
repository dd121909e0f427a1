/** A request → the first worker that takes it: one that refuses or dies before its answer begins is passed over. */
import { OrcestatorError, workerPaths } from '@orcestator/protocol';
import {
  clusterHeaders,
  networkFailureOf,
  type Logger,
  type StreamAnswer,
  type StreamClient,
} from '@orcestator/service-kit';
import type { ControllerClient, WorkerRoute } from '../controller-client';
import { findWorker } from '../find-worker';

export interface OpenWorkerOptions {
  readonly controller: ControllerClient;
  readonly client: StreamClient;
  readonly clusterSecret: string;
  readonly logger: Logger;
  readonly onFailover: () => void;
}

export interface WorkerRequest {
  readonly model: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** Milliseconds the worker may take to begin its answer. */
  readonly firstByteTimeout: number;
}

/** Workers asked for one request at most. */
const ATTEMPTS = 3;

export async function openWorker(request: WorkerRequest, options: OpenWorkerOptions): Promise<StreamAnswer> {
  const { controller, logger, onFailover } = options;
  const failed: string[] = [];
  for (;;) {
    const route = await findWorker(controller, request.model, failed, request.signal);
    checkProtocol(route);
    try {
      return await open(request, route, options);
    } catch (error) {
      // A client that left is no failure of the worker's (pitfall 48).
      request.signal.throwIfAborted();
      const failure = networkFailureOf(error);
      logger.warn('a worker does not answer', { worker: route.address, failure, cause: error });
      failed.push(route.address);
      // After a timeout the worker may be generating, and someone pays for it: no second one is asked.
      if (failure === 'timeout' || failed.length >= ATTEMPTS) throw workerError(error, failure === 'timeout');
      onFailover();
    }
  }
}

function open(request: WorkerRequest, route: WorkerRoute, options: OpenWorkerOptions): Promise<StreamAnswer> {
  return options.client.open({
    method: 'POST',
    url: route.address + request.path,
    headers: { ...request.headers, ...clusterHeaders(options.clusterSecret, route.address) },
    body: request.body,
    signal: request.signal,
    headersTimeout: request.firstByteTimeout,
  });
}

function checkProtocol({ protocols }: WorkerRoute): void {
  if (protocols === undefined || protocols.includes('openai')) return;
  throw new OrcestatorError(
    'no_worker',
    `The worker of this model speaks FastChat's protocol only; ${workerPaths.chatCompletions} needs one that speaks OpenAI's.`,
  );
}

function workerError(cause: unknown, isTimeout: boolean): OrcestatorError {
  if (isTimeout) {
    return new OrcestatorError(
      'timeout',
      'The worker did not begin its answer in time (FASTCHAT_WORKER_API_TIMEOUT).',
      { cause },
    );
  }
  return new OrcestatorError(
    'worker_unreachable',
    'No worker could be reached; see the log of the API server.',
    {
      cause,
      headers: { 'retry-after': '2' },
    },
  );
}
