/** `POST /list_workers`, an extension of the controller's HTTP surface: who is registered and how each is doing. */
import { OrcestatorError } from './errors';
import { isRecord, isStringArray } from './json';
import { workerProtocols, type WorkerProtocol } from './worker-api';

/** One registered worker. */
export interface WorkerEntry {
  worker_name: string;
  model_names: string[];
  model_patterns: string[];
  protocols: WorkerProtocol[];
  speed: number;
  /** Requests running and waiting, as last told, and those given to it since. */
  queue_length: number;
  multimodal: boolean;
  /** True: it sends heart beats. False: the controller asks it itself. */
  check_heart_beat: boolean;
  /** By which protocol the controller asks it; `openai` is a server without a worker. `null` while nobody has asked. */
  asked_by: WorkerProtocol | null;
  /** False: it does not answer at the moment and gets no requests. */
  is_available: boolean;
  /** Seconds since its last heart beat or answer. */
  silent_for: number;
  /** Why it did not answer the last time; empty when it did. */
  failure: string;
}

/** Answer of `/list_workers`. */
export interface ListWorkersAnswer {
  workers: WorkerEntry[];
  /** Seconds between two questions to a worker without heart beats. */
  probe_interval: number;
  /** Whether registrations without heart beats survive a restart of the controller (`OR_CONTROLLER_STATE`). */
  is_kept: boolean;
}

/** Reads the list of a peer; throws `invalid_request` where it is none. */
export function parseListWorkersAnswer(answer: unknown): ListWorkersAnswer {
  if (!isRecord(answer) || !Array.isArray(answer.workers) || !answer.workers.every(isWorkerEntry)) {
    throw new OrcestatorError('invalid_request', 'This is not a list of workers.');
  }
  return {
    workers: answer.workers,
    probe_interval: typeof answer.probe_interval === 'number' ? answer.probe_interval : 0,
    is_kept: answer.is_kept === true,
  };
}

function isWorkerEntry(value: unknown): value is WorkerEntry {
  if (!isRecord(value) || !isStringArray(value.protocols)) return false;
  const known: readonly string[] = workerProtocols;
  return (
    typeof value.worker_name === 'string' &&
    isStringArray(value.model_names) &&
    isStringArray(value.model_patterns) &&
    [null, ...known].some((protocol) => protocol === value.asked_by) &&
    value.protocols.every((protocol) => known.includes(protocol)) &&
    [value.speed, value.queue_length, value.silent_for].every((number) => typeof number === 'number') &&
    [value.multimodal, value.check_heart_beat, value.is_available].every(
      (flag) => typeof flag === 'boolean',
    ) &&
    typeof value.failure === 'string'
  );
}
