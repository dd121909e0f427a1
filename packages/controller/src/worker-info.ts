/** What the controller knows about one worker (FastChat: controller.py WorkerInfo). */
import { protocolsOf, type WorkerProtocol, type WorkerStatus } from '@orcestator/protocol';

export interface WorkerInfo {
  /** The worker's address, which is its name. */
  readonly workerName: string;
  readonly modelNames: readonly string[];
  readonly modelPatterns: readonly string[];
  readonly protocols: readonly WorkerProtocol[];
  readonly speed: number;
  readonly checkHeartBeat: boolean;
  readonly multimodal: boolean;
  /** Grows with each registration, so that "registered again meanwhile" can be seen. A refresh keeps it. */
  readonly registration: number;
  queueLength: number;
  /** Milliseconds of the monotonic clock. */
  lastHeartBeat: number;
}

/** What a worker was registered with; stays when its status is asked again. */
export type WorkerIdentity = Pick<
  WorkerInfo,
  'workerName' | 'checkHeartBeat' | 'multimodal' | 'registration'
>;

export function createWorkerInfo(identity: WorkerIdentity, status: WorkerStatus, now: number): WorkerInfo {
  return {
    workerName: identity.workerName,
    checkHeartBeat: identity.checkHeartBeat,
    multimodal: identity.multimodal,
    registration: identity.registration,
    modelNames: status.model_names,
    modelPatterns: status.model_patterns ?? [],
    protocols: protocolsOf(status),
    speed: status.speed,
    queueLength: status.queue_length,
    lastHeartBeat: now,
  };
}

/** The address under which a worker is kept: a slash at its end makes no other worker of it. */
export function toWorkerName(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}
