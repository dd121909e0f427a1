/** What the controller knows about one worker (FastChat: controller.py WorkerInfo). */
import {
  protocolsOf,
  type RegisterWorkerRequest,
  type WorkerEntry,
  type WorkerProtocol,
  type WorkerStatus,
} from '@orcestator/protocol';

/** What a worker was registered with; stays when its status is asked again. */
export interface WorkerIdentity {
  /** The worker's address, which is its name. */
  readonly workerName: string;
  /** False: it was registered by hand and is asked from time to time whether it still answers. */
  readonly checkHeartBeat: boolean;
  readonly multimodal: boolean;
  /** Grows with each registration, so that "registered again meanwhile" can be seen. A refresh keeps it. */
  readonly registration: number;
  /** Names to serve whatever the worker tells later. */
  readonly fixedNames?: readonly string[];
}

export interface WorkerInfo extends WorkerIdentity {
  modelNames: readonly string[];
  modelPatterns: readonly string[];
  protocols: readonly WorkerProtocol[];
  /** Where it is a controller whose workers differ: the protocols of some models. */
  protocolsByModel: ReadonlyMap<string, readonly WorkerProtocol[]>;
  speed: number;
  /** How it is asked what it serves; `undefined` while nobody knows. */
  askedBy: WorkerProtocol | undefined;
  /** The worker's own id, where it is a controller. */
  controllerId: string | undefined;
  queueLength: number;
  /** Milliseconds of the monotonic clock: the last heart beat or answer. */
  lastHeartBeat: number;
  /** Questions in a row that it left unanswered, and why. */
  failures: number;
  failure: string;
  /** False: asked on, but not given any request. */
  isAvailable: boolean;
}

/** What a worker tells, and by which protocol it was asked. */
export interface WorkerAnswer {
  readonly status: WorkerStatus;
  readonly askedBy: WorkerProtocol | undefined;
}

export function createWorkerInfo(identity: WorkerIdentity, answer: WorkerAnswer, now: number): WorkerInfo {
  const worker: WorkerInfo = {
    ...identity,
    modelNames: [],
    modelPatterns: answer.status.model_patterns ?? [],
    protocols: [],
    protocolsByModel: new Map(),
    speed: answer.status.speed,
    askedBy: undefined,
    controllerId: undefined,
    queueLength: 0,
    lastHeartBeat: now,
    failures: 0,
    failure: '',
    isAvailable: true,
  };
  takeAnswer(worker, answer, now);
  return worker;
}

/**
 * The worker as it now tells. A server without a worker tells neither speed nor patterns: those of its registration
 * stay. Nor does it tell its queue: what it was given counts half with each answer, so that two of them take turns.
 */
export function takeAnswer(worker: WorkerInfo, { status, askedBy }: WorkerAnswer, now: number): void {
  worker.modelNames = worker.fixedNames ?? status.model_names;
  worker.protocols = protocolsOf(status);
  worker.protocolsByModel = new Map(Object.entries(status.protocols_by_model ?? {}));
  if (askedBy !== 'openai') {
    worker.speed = status.speed;
    worker.modelPatterns = status.model_patterns ?? [];
  }
  worker.askedBy = askedBy;
  worker.controllerId = status.controller_id;
  worker.queueLength = askedBy === 'openai' ? worker.queueLength / 2 : status.queue_length;
  worker.lastHeartBeat = now;
  worker.failures = 0;
  worker.failure = '';
  worker.isAvailable = true;
}

/** Who names models means them, whatever the worker tells later; a worker with heart beats speaks for itself. */
export function fixedNamesOf(request: RegisterWorkerRequest): Pick<WorkerIdentity, 'fixedNames'> {
  const told = request.check_heart_beat ? undefined : request.worker_status?.model_names;
  const names = request.model_names ?? told ?? [];
  return names.length > 0 ? { fixedNames: names } : {};
}

/** What of a worker others see, to tell whether it has changed. */
export function servedBy({ modelNames, modelPatterns, protocols, isAvailable }: WorkerInfo): string {
  return JSON.stringify([modelNames, modelPatterns, protocols, isAvailable]);
}

/** The protocols in which a worker serves a model. */
export function protocolsFor(worker: WorkerInfo, model: string): readonly WorkerProtocol[] {
  return worker.protocolsByModel.get(model) ?? worker.protocols;
}

/** A worker as `/list_workers` shows it. */
export function toWorkerEntry(worker: WorkerInfo, now: number): WorkerEntry {
  return {
    worker_name: worker.workerName,
    model_names: [...worker.modelNames],
    model_patterns: [...worker.modelPatterns],
    protocols: [...worker.protocols],
    speed: worker.speed,
    queue_length: Math.round(worker.queueLength),
    multimodal: worker.multimodal,
    check_heart_beat: worker.checkHeartBeat,
    asked_by: worker.askedBy ?? null,
    is_available: worker.isAvailable,
    silent_for: Math.round((now - worker.lastHeartBeat) / 1000),
    failure: worker.failure,
  };
}
