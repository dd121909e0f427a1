/** Several workers as one: what a controller tells when it is itself a worker of another. */
import { protocolsOf, type WorkerStatus } from '@orcestator/protocol';

/** Sums speeds and queues and unites the names (FastChat: controller.py worker_api_get_status), protocols and patterns. */
export function sumWorkerStatuses(statuses: readonly WorkerStatus[]): WorkerStatus {
  const patterns = unite(statuses, (status) => status.model_patterns ?? []);
  return {
    model_names: unite(statuses, (status) => status.model_names),
    speed: statuses.reduce((sum, status) => sum + status.speed, 0),
    queue_length: statuses.reduce((sum, status) => sum + status.queue_length, 0),
    protocols: unite(statuses, protocolsOf),
    ...(patterns.length > 0 && { model_patterns: patterns }),
  };
}

function unite<T>(statuses: readonly WorkerStatus[], list: (status: WorkerStatus) => readonly T[]): T[] {
  return [...new Set(statuses.flatMap((status) => list(status)))];
}
