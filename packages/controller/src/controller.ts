/** The registry of workers: who serves which model, and whom to ask next. Knows nothing of HTTP. */
import { EventEmitter } from 'node:events';
import {
  serverAddressOf,
  withoutSlashes,
  type DispatchMethod,
  type GetWorkerAddressAnswer,
  type HeartBeatRequest,
  type RegisterWorkerRequest,
  type WorkerEntry,
  type WorkerStatus,
} from '@orcestator/protocol';
import type { Clock, Logger } from '@orcestator/service-kit';
import type { ControllerEvents, RemovalReason } from './controller-events';
import { dispatchTable } from './dispatch';
import { selectWorkers, type WorkerQuestion } from './select-workers';
import {
  createWorkerInfo,
  fixedNamesOf,
  protocolsFor,
  servedBy,
  takeAnswer,
  toWorkerEntry,
  type WorkerAnswer,
  type WorkerIdentity,
  type WorkerInfo,
} from './worker-info';
import type { WorkerStatusClient } from './worker-status-client';
import { WorkerSurvey } from './worker-survey';

export interface ControllerOptions {
  readonly dispatchMethod: DispatchMethod;
  /** Seconds. */
  readonly heartBeatExpiration: number;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly workerStatus: WorkerStatusClient;
  readonly logger: Logger;
  /** Tells this controller from others, where they are registered at one another. */
  readonly id: string;
}

/** Questions in a row that a worker without heart beats leaves unanswered before it gets no more requests. */
const FAILURES_TO_REST = 3;

export class Controller {
  readonly events = new EventEmitter<ControllerEvents>();
  readonly #options: ControllerOptions;
  readonly #survey: WorkerSurvey;
  /** In registration order: the earlier worker wins a tie. */
  readonly #workers = new Map<string, WorkerInfo>();
  #registrations = 0;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#survey = new WorkerSurvey({ ...options, controller: this });
  }

  get id(): string {
    return this.#options.id;
  }

  /** Throws `worker_unreachable` where FastChat answers 200 and registers nobody (F1). */
  async registerWorker(request: RegisterWorkerRequest): Promise<void> {
    const { worker_name: name, check_heart_beat: checkHeartBeat, worker_status: status } = request;
    // Who sends heart beats does so under the very name that it registered with.
    const workerName = checkHeartBeat ? withoutSlashes(name) : serverAddressOf(name);
    const answer = status
      ? { status, askedBy: undefined }
      : await this.#survey.askForRegistration(workerName, request);
    const multimodal = request.multimodal ?? false;
    this.addWorker({ workerName, checkHeartBeat, multimodal, ...fixedNamesOf(request) }, answer);
  }

  /** Puts a worker on the list, in place of the one of that name. */
  addWorker(identity: Omit<WorkerIdentity, 'registration'>, answer: WorkerAnswer, isAvailable = true): void {
    const { workerName, checkHeartBeat: heartBeat } = identity;
    const known = this.#workers.get(workerName);
    const registration = (this.#registrations += 1);
    const worker = createWorkerInfo({ ...identity, registration }, answer, this.#now());
    worker.isAvailable = isAvailable;
    this.#workers.set(workerName, worker);
    this.#options.logger.info(known ? 'worker registered again' : 'worker registered', {
      worker: workerName,
      models: worker.modelNames,
      patterns: answer.status.model_patterns,
      heartBeat,
    });
    this.events.emit('registered', known ? 'again' : 'new', workerName);
    if (!known || servedBy(known) !== servedBy(worker)) this.events.emit('changed');
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
    const workerName = this.findWorker(address)?.workerName;
    if (workerName === undefined) return false;
    this.#workers.delete(workerName);
    this.#options.logger.info(`worker removed: ${reason}`, { worker: workerName });
    this.events.emit('removed', workerName, reason);
    this.events.emit('changed');
    return true;
  }

  findWorker(address: string): WorkerInfo | undefined {
    return this.#workers.get(withoutSlashes(address)) ?? this.#workers.get(serverAddressOf(address));
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

  /** True where a worker serves the model, be it a resting one. */
  serves(question: WorkerQuestion): boolean {
    return this.#candidates({ ...question, withResting: true }).length > 0;
  }

  #candidates(question: WorkerQuestion): WorkerInfo[] {
    const exclude = question.exclude?.map(withoutSlashes);
    return selectWorkers(this.#workers.values(), { ...question, exclude });
  }

  /** An empty address where nobody serves the model (as FastChat: controller.py get_worker_address). */
  getWorkerAddress(question: WorkerQuestion): GetWorkerAddressAnswer {
    const candidates = this.#candidates(question);
    const chosen = dispatchTable[this.#options.dispatchMethod](candidates, this.#options.random);
    this.events.emit('dispatched', chosen ? 'found' : 'none');
    if (!chosen) {
      return { address: '', ...(this.serves(question) && { is_resting: true }) };
    }
    // The next heart beat brings the true length; until then this keeps workers apart.
    chosen.queueLength += 1;
    return { address: chosen.workerName, protocols: [...protocolsFor(chosen, question.model)] };
  }

  /** Asks every worker; those that do not answer are dropped, or rest where they were registered by hand. */
  refreshAllWorkers(): Promise<void> {
    return this.#survey.refresh();
  }

  /** The controller as one worker: the sum of those that answer (as FastChat: controller.py worker_api_get_status). */
  workerGetStatus(via: readonly string[] = []): Promise<WorkerStatus> {
    return this.#survey.sum(via);
  }

  /** Asks a worker without heart beats; resolves with how often in a row it has not answered. */
  probeWorker(workerName: string): Promise<number> {
    return this.#survey.probe(workerName);
  }

  /** Takes over what a registered worker told. */
  workerAnswered(worker: WorkerInfo, answer: WorkerAnswer): void {
    const before = servedBy(worker);
    if (!worker.isAvailable) this.#options.logger.info('worker answers again', { worker: worker.workerName });
    takeAnswer(worker, answer, this.#now());
    if (servedBy(worker) !== before) this.events.emit('changed');
  }

  /** A worker without heart beats did not answer: it rests after several times, or at once, and is asked on. */
  workerFailed(worker: WorkerInfo, why: string, atOnce = false): void {
    worker.failures += 1;
    worker.failure = why;
    if (!worker.isAvailable || (worker.failures < FAILURES_TO_REST && !atOnce)) return;
    worker.isAvailable = false;
    this.#options.logger.warn('worker gets no requests until it answers again', {
      worker: worker.workerName,
      why,
    });
    this.events.emit('changed');
  }

  /** As FastChat: controller.py remove_stale_workers_by_expiration. */
  removeStaleWorkersByExpiration(): void {
    const now = this.#now();
    const stale = this.workers().filter((worker) => (this.#expiryOf(worker) ?? now) < now);
    for (const worker of stale) this.removeWorker(worker.workerName, 'expired');
  }

  /** Milliseconds until a worker can expire at the earliest, later registrations included. */
  millisecondsToExpiration(): number {
    const now = this.#now();
    const due = this.workers()
      .map((worker) => this.#expiryOf(worker))
      .filter((at) => at !== undefined);
    return Math.min(now + this.#expiration(), ...due) - now;
  }

  workers(): WorkerInfo[] {
    return [...this.#workers.values()];
  }

  /** As `/list_workers` shows them. */
  listWorkers(): WorkerEntry[] {
    return this.workers().map((worker) => toWorkerEntry(worker, this.#now()));
  }

  get workerCount(): number {
    return this.#workers.size;
  }

  /** Requests that all workers together run and keep waiting. */
  get queueLength(): number {
    return Math.round(this.workers().reduce((sum, worker) => sum + worker.queueLength, 0));
  }

  #modelNames(isMeant: (worker: WorkerInfo) => boolean): string[] {
    const workers = this.workers().filter((worker) => worker.isAvailable && isMeant(worker));
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
