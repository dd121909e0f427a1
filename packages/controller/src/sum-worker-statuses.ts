/** Several workers as one: what a controller tells when it is itself a worker of another. */
import { protocolsOf, type WorkerProtocol, type WorkerStatus } from '@orcestator/protocol';

/** Sums speeds and queues and unites the names (FastChat: controller.py worker_api_get_status), protocols and patterns. */
export function sumWorkerStatuses(statuses: readonly WorkerStatus[]): WorkerStatus {
  const patterns = unite(statuses, (status) => status.model_patterns ?? []);
  const protocols = unite(statuses, protocolsOf);
  const differing = protocolsByModel(statuses, protocols.length);
  return {
    model_names: unite(statuses, (status) => status.model_names),
    speed: statuses.reduce((sum, status) => sum + status.speed, 0),
    queue_length: statuses.reduce((sum, status) => sum + status.queue_length, 0),
    protocols,
    ...(patterns.length > 0 && { model_patterns: patterns }),
    ...(differing.length > 0 && { protocols_by_model: Object.fromEntries(differing) }),
  };
}

/** The models that are not served in each of the `count` protocols: nobody may be asked for them in another one. */
function protocolsByModel(statuses: readonly WorkerStatus[], count: number): [string, WorkerProtocol[]][] {
  const rows = new Map<string, Set<WorkerProtocol>>();
  for (const status of statuses) {
    for (const model of status.model_names) {
      const row = rows.get(model) ?? new Set();
      for (const protocol of status.protocols_by_model?.[model] ?? protocolsOf(status)) row.add(protocol);
      rows.set(model, row);
    }
  }
  return [...rows].filter(([, row]) => row.size < count).map(([model, row]) => [model, [...row]]);
}

function unite<T>(statuses: readonly WorkerStatus[], list: (status: WorkerStatus) => readonly T[]): T[] {
  return [...new Set(statuses.flatMap((status) => list(status)))];
}
