/** A request → the first worker that takes it: one that refuses or fails before its answer begins is passed over. */
import { REQUEST_ID_HEADER, SERVER_TIMING_HEADER, workerHops } from '@orcestator/protocol';
import { parseServerTiming, type ServerTiming, type StreamAnswer } from '@orcestator/service-kit';
import type { ControllerClient, WorkerRoute } from '../controller-client';
import type { ModelRequest } from '../drivers/driver';
import { findWorker } from '../find-worker';
import { noVerdict } from './answer-verdict';
import { askWorker, type AskWorkerOptions, type PassedOver, type TakenRequest } from './ask-worker';

export interface OpenWorkerOptions extends AskWorkerOptions {
  readonly controller: ControllerClient;
  readonly onFailover: () => void;
}

/** Workers asked for one request at most. */
const ATTEMPTS = 3;

export async function openWorker(request: ModelRequest, options: OpenWorkerOptions): Promise<TakenRequest> {
  const { timing } = request;
  const asked: string[] = [];
  let last: PassedOver | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const next = timing.during('dispatch', () => nextWorker(request, asked, options));
    const route = await next.catch((error: unknown) => {
      // Nobody else is there: what the last one said is the better answer.
      if (last?.refusal && !request.signal.aborted) return undefined;
      throw error;
    });
    if (!route) break;
    // FastChat's controller knows no `exclude` and may name one again that was asked: each question may be billed.
    if (asked.includes(route.address)) continue;
    const outcome = await timing.during('upstream', () => askWorker(request, route, options));
    const answer = 'verdict' in outcome ? outcome.answer : outcome.refusal;
    if (answer && ('verdict' in outcome || attempt === ATTEMPTS)) tellHops(timing, answer);
    if ('verdict' in outcome) return outcome;
    last = { error: outcome.error, refusal: outcome.refusal ?? last?.refusal };
    asked.push(route.address);
    if (attempt === ATTEMPTS) break;
    timing.rename('upstream', 'failover');
    options.onFailover();
  }
  if (last?.refusal) return { answer: last.refusal, verdict: noVerdict };
  throw last?.error ?? new Error('no worker was asked');
}

/** Our worker says where it waited; any other one is the model itself. */
function tellHops(timing: ServerTiming, { headers }: StreamAnswer): void {
  const told = parseServerTiming(headers[SERVER_TIMING_HEADER], workerHops);
  if (told.some(([hop]) => hop === 'worker')) timing.replace('upstream', told);
}

/** Those that failed lately are asked only when there is nobody else: then the request is their probe. */
async function nextWorker(
  { model, signal, headers }: ModelRequest,
  asked: readonly string[],
  { controller, health }: OpenWorkerOptions,
): Promise<WorkerRoute> {
  const id = headers[REQUEST_ID_HEADER];
  const avoided = health.avoided();
  const rested =
    avoided.length > 0 && (await controller.getWorkerAddress(model, [...asked, ...avoided], signal, id));
  return rested || findWorker(controller, model, asked, signal, id);
}
