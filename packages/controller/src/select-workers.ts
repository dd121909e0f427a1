/** Which workers may serve a model. */
import { matchesModelPattern, type WorkerProtocol } from '@orcestator/protocol';
import type { WorkerInfo } from './worker-info';

export interface WorkerQuestion {
  readonly model: string;
  /** Workers that just failed. */
  readonly exclude?: readonly string[];
  /** Only workers that speak it; absent = any. */
  readonly protocol?: WorkerProtocol;
}

/** Those that name the model; where there is none, those with a pattern that covers it. Registration order. */
export function selectWorkers(workers: Iterable<WorkerInfo>, question: WorkerQuestion): WorkerInfo[] {
  const { model, protocol } = question;
  const excluded = new Set(question.exclude);
  const allowed = [...workers].filter(
    (worker) =>
      !excluded.has(worker.workerName) && (protocol === undefined || worker.protocols.includes(protocol)),
  );
  const exact = allowed.filter((worker) => worker.modelNames.includes(model));
  if (exact.length > 0) return exact;
  return allowed.filter((worker) =>
    worker.modelPatterns.some((pattern) => matchesModelPattern(pattern, model)),
  );
}
