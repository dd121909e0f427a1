/** What records requests beyond the traffic log: the database, and the price of answers that had none. */
import type { AuditStore, AuditWriter } from '@orcestator/audit';
import type { ServiceKit, StreamClient } from '@orcestator/service-kit';
import type { AuditConfig } from '../config/audit-options';
import { isOpenRouterLike, upstreamKey } from '../config/upstream-key';
import type { WorkerMetrics } from '../metrics';
import { allRecorders, type Recorder } from '../recording';
import { createAuditRecorder, type AuditRecorder } from './audit-recorder';
import { GenerationCost } from './generation-cost';

export interface AuditParts {
  readonly config: Readonly<AuditConfig & { baseUrl: string; apiKey: string }>;
  readonly kit: ServiceKit;
  readonly metrics: WorkerMetrics;
  /** Towards the upstream; closed here. */
  readonly client: StreamClient;
  /** Address of this worker. */
  readonly worker: () => string;
}

export interface Audit {
  readonly record: Recorder;
  close(): Promise<void>;
}

/** Milliseconds that the last records get at shutdown; the service is given 4 s in all, 3 of them for running requests. */
const CLOSE_LIMIT_MS = 800;
const DAY_MS = 86_400_000;
/** Answers of a run before this one whose price is asked again. */
const UNPRICED_LIMIT = 100;

export function createAudit(parts: AuditParts): Audit {
  const { config, kit, metrics, client } = parts;
  const cost = isOpenRouterLike(config.baseUrl)
    ? new GenerationCost({
        baseUrl: config.baseUrl,
        apiKey: upstreamKey(config.apiKey, config.baseUrl) ?? '',
        client,
        clock: kit.clock,
        onCost: (late, model) => {
          metrics.addLateCost(model, late.usage.cost ?? 0);
          database?.addUsage(late);
        },
      })
    : undefined;
  const database = config.dbPath === '' ? undefined : createDatabase(parts, cost);
  return {
    record: allRecorders([database?.record, cost?.record].filter((recorder) => recorder !== undefined)),
    close: async () => {
      cost?.close();
      await database?.close(CLOSE_LIMIT_MS);
      await client.close();
    },
  };
}

function createDatabase(parts: AuditParts, cost: GenerationCost | undefined): AuditRecorder {
  const { config, kit, metrics, worker } = parts;
  return createAuditRecorder({
    writer: loadWriter(parts, cost),
    content: config.auditContent,
    redact: kit.redact,
    worker,
    logger: kit.logger,
    onLost: metrics.addLostAuditRows,
  });
}

async function loadWriter(
  { config, kit, metrics, worker }: AuditParts,
  cost: GenerationCost | undefined,
): Promise<AuditWriter> {
  // TypeORM takes half a second and 30 MB: only for those who want the audit.
  const { createAuditWriter } = await import('@orcestator/audit');
  return createAuditWriter({
    path: config.dbPath,
    retention: config.auditRetentionDays * DAY_MS,
    clock: kit.clock,
    logger: kit.logger,
    onLost: metrics.addLostAuditRows,
    onOpen: async (store: AuditStore) => {
      if (!cost) return;
      const since = kit.clock.now().getTime() - DAY_MS;
      for (const { generationId, upstreamModel } of await store.unpriced(worker(), since, UNPRICED_LIMIT))
        if (generationId !== null) cost.ask(generationId, upstreamModel);
    },
  });
}
