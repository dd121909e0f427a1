/** The worker for a model, or the error that tells the client why there is none. */
import { ORCESTATOR_MODEL, OrcestatorError } from '@orcestator/protocol';
import type { ControllerClient, WorkerRoute } from './controller-client';

/** Throws `model_not_found`, `no_worker` or `controller_unreachable`; `exclude` are addresses that just failed. */
export async function findWorker(
  controller: ControllerClient,
  model: string,
  exclude: readonly string[],
  signal: AbortSignal,
  requestId?: string,
): Promise<WorkerRoute> {
  const route = await controller.getWorkerAddress(model, exclude, signal, requestId);
  if (route) return route;
  const models = await controller.listModels(signal);
  const isForgotten =
    models.length === 0 || model === ORCESTATOR_MODEL || exclude.length > 0 || models.includes(model);
  throw isForgotten ? noWorker(model) : modelNotFound(model, models);
}

function noWorker(model: string): OrcestatorError {
  return new OrcestatorError(
    'no_worker',
    `No worker serves "${model}" at the moment. Start one (npx --yes pnpm@12 worker) or wait until it has registered.`,
    { headers: { 'retry-after': '2' } },
  );
}

function modelNotFound(model: string, models: readonly string[]): OrcestatorError {
  return new OrcestatorError(
    'model_not_found',
    `The model "${model}" does not exist here. Available: ${models.join(', ')}; OpenRouter models are asked for by their id, such as "openai/gpt-4o".`,
    { param: 'model' },
  );
}
