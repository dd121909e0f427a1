/** One worker asked once: its answer, or why another one may take the request. */
import { OrcestatorError } from '@orcestator/protocol';
import { networkFailureOf, type Clock } from '@orcestator/service-kit';
import type { WorkerRoute } from '../controller-client';
import { WorkerRefusal, WorkerStatusError, type ModelRequest, type WorkerAnswer } from '../drivers/driver';
import { errorAnswer } from '../drivers/json-answer';
import { createVerdict, type AnswerVerdict } from './answer-verdict';
import { isOverdue } from './deadline';
import { inspectAnswer } from './inspect-answer';
import { noteFailure, workerError, type FailureOptions } from './worker-failure';

export interface AskWorkerOptions extends FailureOptions {
  readonly clock: Clock;
}

/** An answer that the client gets. */
export interface TakenRequest {
  readonly answer: WorkerAnswer;
  /** To be told how the answer ends. */
  readonly verdict: AnswerVerdict;
}

/** Another worker may be asked. */
export interface PassedOver {
  /** What the client reads where nobody else is there; `undefined` when the worker said nothing. */
  readonly refusal: WorkerAnswer | undefined;
  readonly error: OrcestatorError;
}

/** Throws where no other worker may be asked: the client left, the time is over, the worker may be at work on it. */
export async function askWorker(
  request: ModelRequest,
  route: WorkerRoute,
  options: AskWorkerOptions,
): Promise<TakenRequest | PassedOver> {
  const { address } = route;
  try {
    return await open(request, route, options);
  } catch (error) {
    const { signal } = request;
    // A client that left is no failure of the worker's (pitfall 48); a worker that used up all the time has failed.
    if (!isOverdue(signal)) signal.throwIfAborted();
    // The worker, or its driver, has an answer for the client; another worker would have the same.
    if (error instanceof OrcestatorError && !signal.aborted) throw error;
    noteFailure(address, error, request, options);
    signal.throwIfAborted();
    if (error instanceof WorkerRefusal) return { refusal: errorAnswer(error.error), error: error.error };
    const failure = workerError(error);
    if (error instanceof WorkerStatusError) return { refusal: errorAnswer(failure), error: failure };
    // After a timeout the worker may be generating, and someone pays for it: no second one is asked.
    if (networkFailureOf(error) === 'timeout') throw failure;
    return { refusal: undefined, error: failure };
  }
}

async function open(
  request: ModelRequest,
  route: WorkerRoute,
  options: AskWorkerOptions,
): Promise<TakenRequest | PassedOver> {
  const { drivers, protocols, clock } = options;
  const { address } = route;
  const verdict = verdictOn(address, request, options);
  const protocol = await protocols.choose(route, request.model, request.signal);
  const opened = await drivers[protocol].open({ ...request, onBroken: verdict.broken }, address);
  const { judgement, answer, said, isForClient } = await inspectAnswer(opened, clock);
  if (judgement === 'final') return { answer, verdict };
  const cause = new Error(`the worker answered ${said}`);
  if (judgement === 'broken') noteFailure(address, cause, request, options);
  const error = workerError(cause);
  return { refusal: isForClient ? answer : errorAnswer(error), error };
}

function verdictOn(
  address: string,
  request: ModelRequest,
  { health, logger }: AskWorkerOptions,
): AnswerVerdict {
  return createVerdict({
    whole: () => health.succeeded(address),
    broken: (cause) => {
      logger.warn('a worker broke off its answer', { worker: address, cause });
      health.failed(address);
      request.onBroken(cause);
    },
  });
}
