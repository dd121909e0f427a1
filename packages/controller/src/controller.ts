/** The registry of workers: who serves which model, and whom to ask next. Knows nothing of HTTP. */
import { EventEmitter } from 'node:events';
import type {
  DispatchMethod,
  GetWorkerAddressAnswer,
  HeartBeatRequest,
  RegisterWorkerRequest,
  WorkerStatus,
} from '@orcestator/protocol';
import type { Clock, Logger } from '@orcestator/service-kit';
import { dispatchTable } from './dispatch';
import { mapBounded } from './map-bounded';
import { selectWorkers, type WorkerQuestion } from './select-workers';
import { sumWorkerStatuses } from './sum-worker-statuses';
import { createWorkerInfo, toWorkerName, type WorkerInfo } from './worker-info';
import type { WorkerStatusClient } from './worker-status-client';

export const registrationOutcomes = ['new', 'again', 'failed'] as const;
export const dispatchOutcomes = ['found', 'none'] as const;
export const removalReasons = ['expired', 'deregistered', 'lost', 'refresh'] as const;
export type RemovalReason = (typeof removalReasons)[number];

/** What happens in the registry, for metrics and for those who hold connections of workers. */
export interface ControllerEvents {
  registered: [outcome: (typeof registrationOutcomes)[number]];
  dispatched: [outcome: (typeof dispatchOutcomes)[number]];
  removed: [workerName: string, reason: RemovalReason];
}

export interface ControllerOptions {
  readonly dispatchMethod: DispatchMethod;
  /** Seconds. */
  readonly heartBeatExpiration: number;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly workerStatus: WorkerStatusClient;
  readonly logger: Logger;
}

/** Workers asked at the same time. */
const STATUS_CONCURRENCY = 16;

export class Controller {
  readonly events = new EventEmitter<ControllerEvents>();
  readonly #options: ControllerOptions;
  /** In registration order: the earlier worker wins a tie. */
  #workers = new Map<string, WorkerInfo>();
  #registrations = 0;
  #refreshing: Promise<void> | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  /** Throws `worker_unreachable` where FastChat answers 200 and registers nobody (F1). */
  async registerWorker(request: RegisterWorkerRequest): Promise<void> {
    const workerName = toWorkerName(request.worker_name);
    const status = request.worker_status ?? (await this.#askForRegistration(workerName));
    const isKnown = this.#workers.has(workerName);
    const identity = {
      workerName,
      checkHeartBeat: request.check_heart_beat,
      multimodal: request.multimodal ?? false,
      registration: (this.#registrations += 1),
    };
    this.#workers.set(workerName, createWorkerInfo(identity, status, this.#now()));
    this.#options.logger.info(isKnown ? 'worker registered again' : 'worker registered', {
      worker: workerName,
      models: status.model_names,
      patterns: status.model_patterns,
      heartBeat: request.check_heart_beat,
    });
    this.events.emit('registered', isKnown ? 'again' : 'new');
  }

  /** False asks the worker to register again. */
  receiveHeartBeat({ worker_name, queue_length }: HeartBeatRequest): boolean {
    const worker = this.findWorker(worker_name);
    this.#options.logger.debug('heart beat', { worker: worker_name, queue: queue_length, known: !!worker });
    if (!worker) return false;
    worker.queueLength = queue_length;
    worker.lastHeartBeat = this.#now();
    return true;
  }

  /** False where no such worker is registered. */
  removeWorker(address: string, reason: RemovalReason = 'deregistered'): boolean {
    const workerName = toWorkerName(address);
    if (!this.#workers.delete(workerName)) return false;
    this.#options.logger.info(`worker removed: ${reason}`, { worker: workerName });
    this.events.emit('removed', workerName, reason);
    return true;
  }

  findWorker(address: string): WorkerInfo | undefined {
    return this.#workers.get(toWorkerName(address));
  }

  /** Names only, never patterns. */
  listModels(): string[] {
    return this.#modelNames(() => true);
  }

  listMultimodalModels(): string[] {
    return this.#modelNames((worker) => worker.multimodal);
  }

  listLanguageModels(): string[] {
    return this.#modelNames((worker) => !worker.multimodal);
  }

  /** An empty address where nobody serves the model (as FastChat: controller.py get_worker_address). */
  getWorkerAddress(question: WorkerQuestion): GetWorkerAddressAnswer {
    const exclude = question.exclude?.map(toWorkerName);
    const candidates = selectWorkers(this.#workers.values(), { ...question, exclude });
    const chosen = dispatchTable[this.#options.dispatchMethod](candidates, this.#options.random);
    this.events.emit('dispatched', chosen ? 'found' : 'none');
    if (!chosen) return { address: '' };
    // The next heart beat brings the true length; until then this keeps workers apart.
    chosen.queueLength += 1;
    return { address: chosen.workerName, protocols: [...chosen.protocols] };
  }

  /** Asks every worker and drops those that do not answer. Callers meanwhile wait for the same refresh. */
  refreshAllWorkers(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** As FastChat: controller.py remove_stale_workers_by_expiration. */
  removeStaleWorkersByExpiration(): void {
    const now = this.#now();
    const stale = [...this.#workers.values()].filter((worker) => (this.#expiryOf(worker) ?? now) < now);
    for (const worker of stale) this.removeWorker(worker.workerName, 'expired');
  }

  /** Milliseconds until a worker can expire at the earliest, later registrations included. */
  millisecondsToExpiration(): number {
    const now = this.#now();
    const due = [...this.#workers.values()]
      .map((worker) => this.#expiryOf(worker))
      .filter((at) => at !== undefined);
    return Math.min(now + this.#expiration(), ...due) - now;
  }

  /** The controller as one worker: the sum of those that answer (as FastChat: controller.py worker_api_get_status). */
  async workerGetStatus(): Promise<WorkerStatus> {
    const answers = await this.#askAll([...this.#workers.values()]);
    return sumWorkerStatuses(answers.filter((status) => status !== undefined));
  }

  get workerCount(): number {
    return this.#workers.size;
  }

  /** Requests that all workers together run and keep waiting. */
  get queueLength(): number {
    return [...this.#workers.values()].reduce((sum, worker) => sum + worker.queueLength, 0);
  }

  /**
   * FastChat empties the registry first and asks one worker after the other (F7): no model exists meanwhile. Here the
   * new registry is built beside the old one; who registered or left during the questions is as if never asked.
   */
  async #refresh(): Promise<void> {
    const asked = [...this.#workers.values()];
    const answers = await this.#askAll(asked);
    const refreshed = new Map(this.#workers);
    const gone: string[] = [];
    asked.forEach((worker, index) => {
      if (this.#workers.get(worker.workerName)?.registration !== worker.registration) return;
      const status = answers[index];
      if (status) refreshed.set(worker.workerName, createWorkerInfo(worker, status, this.#now()));
      else gone.push(worker.workerName);
    });
    this.#workers = refreshed;
    for (const workerName of gone) this.removeWorker(workerName, 'refresh');
  }

  #askAll(workers: readonly WorkerInfo[]): Promise<(WorkerStatus | undefined)[]> {
    const { workerStatus, logger } = this.#options;
    return mapBounded(workers, STATUS_CONCURRENCY, ({ workerName }) =>
      workerStatus.getWorkerStatus(workerName).catch((error: unknown) => {
        logger.warn('a worker does not tell its status', { worker: workerName, cause: error });
        return undefined;
      }),
    );
  }

  async #askForRegistration(workerName: string): Promise<WorkerStatus> {
    try {
      return await this.#options.workerStatus.getWorkerStatus(workerName);
    } catch (error) {
      this.events.emit('registered', 'failed');
      throw error;
    }
  }

  #modelNames(isMeant: (worker: WorkerInfo) => boolean): string[] {
    const workers = [...this.#workers.values()].filter(isMeant);
    return [...new Set(workers.flatMap((worker) => worker.modelNames))];
  }

  /** When a worker expires unless its heart beats; never without `check_heart_beat`. */
  #expiryOf({ checkHeartBeat, lastHeartBeat }: WorkerInfo): number | undefined {
    return checkHeartBeat ? lastHeartBeat + this.#expiration() : undefined;
  }

  #expiration(): number {
    return this.#options.heartBeatExpiration * 1000;
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}
