/** Questions to workers: one that registers, one that is probed, all of them for a refresh or for a parent controller. */
import { OrcestatorError, type RegisterWorkerRequest, type WorkerStatus } from '@orcestator/protocol';
import type { Logger } from '@orcestator/service-kit';
import type { Controller } from './controller';
import { mapBounded } from './map-bounded';
import { sumWorkerStatuses } from './sum-worker-statuses';
import { emptyServer } from './worker-failure';
import type { WorkerAnswer, WorkerInfo } from './worker-info';
import type { WorkerQuestionOptions, WorkerStatusClient } from './worker-status-client';

export interface WorkerSurveyOptions {
  readonly controller: Controller;
  readonly workerStatus: WorkerStatusClient;
  readonly logger: Logger;
  /** The controller's own id. */
  readonly id: string;
}

/** Workers asked at the same time. */
const STATUS_CONCURRENCY = 16;

export class WorkerSurvey {
  readonly #options: WorkerSurveyOptions;
  #refreshing: Promise<void> | undefined;

  constructor(options: WorkerSurveyOptions) {
    this.#options = options;
  }

  /** What a worker tells that is to be registered. Throws `worker_unreachable`, or `invalid_request` for this controller. */
  async askForRegistration(
    workerName: string,
    { protocol, model_names: names }: RegisterWorkerRequest,
  ): Promise<WorkerAnswer> {
    const { controller, id, workerStatus } = this.#options;
    try {
      const answer = await workerStatus.getWorkerStatus(workerName, { by: protocol });
      const { status, askedBy } = answer;
      if (status.controller_id === id) {
        throw new OrcestatorError('invalid_request', 'A controller cannot be a worker of its own.', {
          param: 'worker_name',
        });
      }
      if (askedBy === 'openai' && status.model_names.length === 0 && !names) throw emptyServer(workerName);
      return answer;
    } catch (error) {
      controller.events.emit('registered', 'failed', workerName);
      throw error;
    }
  }

  /** Asks every worker; callers meanwhile wait for the same refresh. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** The workers as one, as they tell it themselves; nothing where one of the waiting controllers is this one. */
  async sum(via: readonly string[]): Promise<WorkerStatus> {
    const { controller, id, logger } = this.#options;
    if (via.includes(id)) {
      logger.debug('controllers are registered in a circle; this one does not ask again', { via });
      return { ...sumWorkerStatuses([]), controller_id: id };
    }
    const workers = controller.workers().filter((worker) => worker.isAvailable);
    const answers = await this.#askAll(workers, { via });
    const statuses = workers.flatMap((worker, index) => {
      const answer = answers[index];
      if (!answer) return [];
      // What is told here must be what is dispatched by. A controller's answer leaves out whom the question came from.
      if (!answer.status.controller_id && this.#stillThere(worker)) controller.workerAnswered(worker, answer);
      return [{ ...answer.status, ...(worker.fixedNames && { model_names: [...worker.fixedNames] }) }];
    });
    return { ...sumWorkerStatuses(statuses), controller_id: id };
  }

  /** Asks one worker that sends no heart beats; resolves with how often in a row it has not answered. */
  async probe(workerName: string): Promise<number> {
    const { controller, workerStatus } = this.#options;
    const asked = controller.findWorker(workerName);
    if (!asked) return 0;
    const answer = await workerStatus
      .getWorkerStatus(workerName, { by: asked.askedBy })
      .catch((error: unknown) => error as Error);
    const worker = this.#stillThere(asked);
    controller.events.emit('probed', answer instanceof Error ? 'failed' : 'ok');
    if (!worker) return 0;
    if (answer instanceof Error) controller.workerFailed(worker, answer.message);
    else controller.workerAnswered(worker, answer);
    return worker.failures;
  }

  /**
   * FastChat empties the registry first and asks one worker after the other (F7): no model exists meanwhile. Here the
   * answers are taken over at once when all are there; who registered or left meanwhile is as if never asked.
   */
  async #refresh(): Promise<void> {
    const { controller } = this.#options;
    const asked = controller.workers();
    const answers = await this.#askAll(asked, {});
    asked.forEach((worker, index) => {
      const answer = answers[index];
      if (!this.#stillThere(worker)) return;
      if (answer) controller.workerAnswered(worker, answer);
      else if (worker.checkHeartBeat) controller.removeWorker(worker.workerName, 'refresh');
      else controller.workerFailed(worker, 'it did not answer a refresh', true);
    });
  }

  #stillThere({ workerName, registration }: WorkerInfo): WorkerInfo | undefined {
    const worker = this.#options.controller.findWorker(workerName);
    return worker?.registration === registration ? worker : undefined;
  }

  #askAll(
    workers: readonly WorkerInfo[],
    options: WorkerQuestionOptions,
  ): Promise<(WorkerAnswer | undefined)[]> {
    const { workerStatus, logger } = this.#options;
    return mapBounded(workers, STATUS_CONCURRENCY, ({ workerName, askedBy }) =>
      workerStatus.getWorkerStatus(workerName, { ...options, by: askedBy }).catch((error: unknown) => {
        logger.warn('a worker does not tell its status', { worker: workerName, cause: error });
        return undefined;
      }),
    );
  }
}
