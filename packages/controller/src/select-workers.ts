/** Which workers may serve a model. */
import { matchesModelPattern, type WorkerProtocol } from '@orcestator/protocol';
import { protocolsFor, type WorkerInfo } from './worker-info';

export interface WorkerQuestion {
  readonly model: string;
  /** Workers that just failed. */
  readonly exclude?: readonly string[];
  /** Only workers that speak it; absent = any. */
  readonly protocol?: WorkerProtocol;
  /** Controllers that the request has passed already. */
  readonly via?: readonly string[];
  /** Also workers that do not answer at the moment. */
  readonly withResting?: boolean;
}

/** The tag that Ollama takes for granted: it serves `llama3` where it lists `llama3:latest`. */
const LATEST = ':latest';

/**
 * Those that name the model; where there is none, those that name its latest; else those with a pattern that covers it.
 * Registration order.
 */
export function selectWorkers(workers: Iterable<WorkerInfo>, question: WorkerQuestion): WorkerInfo[] {
  const { model, protocol, via, withResting = false } = question;
  const excluded = new Set(question.exclude);
  const allowed = [...workers].filter(
    (worker) =>
      (worker.isAvailable || withResting) &&
      !excluded.has(worker.workerName) &&
      (protocol === undefined || protocolsFor(worker, model).includes(protocol)) &&
      (worker.controllerId === undefined || !via?.includes(worker.controllerId)),
  );
  const naming = (name: string): WorkerInfo[] => allowed.filter((worker) => worker.modelNames.includes(name));
  const exact = naming(model);
  if (exact.length > 0) return exact;
  const latest = naming(model + LATEST);
  if (latest.length > 0) return latest;
  return allowed.filter((worker) =>
    worker.modelPatterns.some((pattern) => matchesModelPattern(pattern, model)),
  );
}
