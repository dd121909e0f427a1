/** A request → the first worker that takes it: one that refuses or dies before its answer begins is passed over. */
import { OrcestatorError, REQUEST_ID_HEADER, SERVER_TIMING_HEADER, workerHops } from '@orcestator/protocol';
import {
  networkFailureOf,
  parseServerTiming,
  type Logger,
  type ServerTiming,
  type StreamAnswer,
} from '@orcestator/service-kit';
import type { ControllerClient, WorkerRoute } from '../controller-client';
import { WorkerRefusal, WorkerStatusError, type Drivers, type ModelRequest } from '../drivers/driver';
import { errorAnswer } from '../drivers/json-answer';
import type { WorkerProtocols } from '../drivers/worker-protocols';
import { findWorker } from '../find-worker';
import type { WorkerHealth } from '../worker-health';
import { inspectRefusal, type InspectedAnswer } from './inspect-refusal';

export interface OpenWorkerOptions {
  readonly controller: ControllerClient;
  readonly drivers: Drivers;
  readonly protocols: WorkerProtocols;
  readonly health: WorkerHealth;
  readonly logger: Logger;
  readonly onFailover: () => void;
}

/** Workers asked for one request at most. */
const ATTEMPTS = 3;

export async function openWorker(request: ModelRequest, options: OpenWorkerOptions): Promise<StreamAnswer> {
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
    const outcome = await timing.during('upstream', () => attempt(request, route, isLast, options));
    if (outcome && (isLast || !outcome.isRefusal)) {
      tellHops(timing, outcome.answer);
      return outcome.answer;
    }
    refusal = outcome?.answer ?? refusal;
    passedOver.push(route.address);
    timing.rename('upstream', 'failover');
    options.onFailover();
  }
}

/** Our worker says where it waited; any other one is the model itself. */
function tellHops(timing: ServerTiming, { headers }: StreamAnswer): void {
  const told = parseServerTiming(headers[SERVER_TIMING_HEADER], workerHops);
  if (told.some(([hop]) => hop === 'worker')) timing.replace('upstream', told);
}

/** Those that failed lately are asked only when there is nobody else: then the request is their probe. */
async function nextWorker(
  { model, signal, headers }: ModelRequest,
  passedOver: readonly string[],
  { controller, health }: OpenWorkerOptions,
): Promise<WorkerRoute> {
  const id = headers[REQUEST_ID_HEADER];
  const avoided = health.avoided();
  const rested =
    avoided.length > 0 && (await controller.getWorkerAddress(model, [...passedOver, ...avoided], signal, id));
  return rested || findWorker(controller, model, passedOver, signal, id);
}

/** `undefined` when the worker did not answer and another one may be asked. */
async function attempt(
  request: ModelRequest,
  route: WorkerRoute,
  isLast: boolean,
  options: OpenWorkerOptions,
): Promise<InspectedAnswer | undefined> {
  const { drivers, protocols, health } = options;
  const { address } = route;
  try {
    const protocol = await protocols.choose(route, request.model, request.signal);
    const answer = await drivers[protocol].open(request, address);
    health.succeeded(address);
    return await inspectRefusal(answer);
  } catch (error) {
    // A client that left is no failure of the worker's (pitfall 48).
    request.signal.throwIfAborted();
    // The worker, or its driver, has an answer for the client; another worker would have the same.
    if (error instanceof OrcestatorError) throw error;
    const failure = networkFailureOf(error);
    noteFailure(address, error, request, options);
    if (error instanceof WorkerRefusal) return { answer: errorAnswer(error.error), isRefusal: true };
    if (error instanceof WorkerStatusError)
      return { answer: errorAnswer(workerError(error, false)), isRefusal: true };
    // After a timeout the worker may be generating, and someone pays for it: no second one is asked.
    if (failure === 'timeout' || isLast) throw workerError(error, failure === 'timeout');
    return undefined;
  }
}

/** Whatever was known of the worker may be out of date now: it may come back as another one. */
function noteFailure(
  address: string,
  cause: unknown,
  { headers }: ModelRequest,
  options: OpenWorkerOptions,
): void {
  const { drivers, protocols, health, logger } = options;
  logger.warn('a worker does not answer', {
    worker: address,
    failure: networkFailureOf(cause),
    id: headers[REQUEST_ID_HEADER],
    cause,
  });
  health.failed(address);
  protocols.forget(address);
  for (const driver of Object.values(drivers)) driver.forget?.(address);
}

function workerError(cause: unknown, isTimeout: boolean): OrcestatorError {
  if (isTimeout) {
    return new OrcestatorError(
      'timeout',
      'The worker did not begin its answer in time (FASTCHAT_WORKER_API_TIMEOUT).',
      { cause },
    );
  }
  const what =
    cause instanceof WorkerStatusError
      ? `The worker cannot answer ${cause.path}`
      : 'No worker could be reached';
  return new OrcestatorError('worker_unreachable', `${what}; see the log of the API server.`, {
    cause,
    headers: { 'retry-after': '2' },
  });
}
