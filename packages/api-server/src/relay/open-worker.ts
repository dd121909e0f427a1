/** A request → the first worker that takes it: one that refuses or dies before its answer begins is passed over. */
import { OrcestatorError, SERVER_TIMING_HEADER, workerHops, workerPaths } from '@orcestator/protocol';
import {
  clusterHeaders,
  networkFailureOf,
  parseServerTiming,
  type Logger,
  type ServerTiming,
  type StreamAnswer,
  type StreamClient,
} from '@orcestator/service-kit';
import type { ControllerClient, WorkerRoute } from '../controller-client';
import { findWorker } from '../find-worker';
import type { WorkerHealth } from '../worker-health';
import { inspectRefusal } from './inspect-refusal';

export interface OpenWorkerOptions {
  readonly controller: ControllerClient;
  readonly client: StreamClient;
  readonly clusterSecret: string;
  readonly health: WorkerHealth;
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
  readonly timing: ServerTiming;
}

/** Workers asked for one request at most. */
const ATTEMPTS = 3;

export async function openWorker(request: WorkerRequest, options: OpenWorkerOptions): Promise<StreamAnswer> {
  const { health, onFailover } = options;
  const { timing } = request;
  const passedOver: string[] = [];
  let refusal: StreamAnswer | undefined;
  for (;;) {
    const next = timing.during('dispatch', () => nextWorker(request, passedOver, options));
    const route = await next.catch((error: unknown) => {
      // Nobody else is there: what the last one said is the better answer.
      if (refusal && !request.signal.aborted) return undefined;
      throw error;
    });
    if (!route) return refusal as StreamAnswer;
    const isLast = passedOver.length + 1 >= ATTEMPTS;
    const answer = await timing.during('upstream', () => attempt(request, route, isLast, options));
    if (answer) {
      health.succeeded(route.address);
      const inspected = await inspectRefusal(answer);
      if (!inspected.isRefusal || isLast) {
        tellHops(timing, answer);
        return inspected.answer;
      }
      refusal = inspected.answer;
    }
    passedOver.push(route.address);
    timing.rename('upstream', 'failover');
    onFailover();
  }
}

/** Our worker says where it waited; any other one is the model itself. */
function tellHops(timing: ServerTiming, { headers }: StreamAnswer): void {
  const told = parseServerTiming(headers[SERVER_TIMING_HEADER], workerHops);
  if (told.some(([hop]) => hop === 'worker')) timing.replace('upstream', told);
}

/** Those that failed lately are asked only when there is nobody else: then the request is their probe. */
async function nextWorker(
  { model, signal }: WorkerRequest,
  passedOver: readonly string[],
  { controller, health }: OpenWorkerOptions,
): Promise<WorkerRoute> {
  const avoided = health.avoided();
  const rested =
    avoided.length > 0 && (await controller.getWorkerAddress(model, [...passedOver, ...avoided], signal));
  const route = rested || (await findWorker(controller, model, passedOver, signal));
  checkProtocol(route);
  return route;
}

/** `undefined` when the worker did not answer and another one may be asked. */
async function attempt(
  request: WorkerRequest,
  route: WorkerRoute,
  isLast: boolean,
  options: OpenWorkerOptions,
): Promise<StreamAnswer | undefined> {
  try {
    return await open(request, route, options);
  } catch (error) {
    // A client that left is no failure of the worker's (pitfall 48).
    request.signal.throwIfAborted();
    const failure = networkFailureOf(error);
    options.logger.warn('a worker does not answer', { worker: route.address, failure, cause: error });
    options.health.failed(route.address);
    // After a timeout the worker may be generating, and someone pays for it: no second one is asked.
    if (failure === 'timeout' || isLast) throw workerError(error, failure === 'timeout');
    return undefined;
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
