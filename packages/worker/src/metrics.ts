/** The worker's metrics; names and labels are listed in docs/metrics.md (a test compares). */
import { LATENCY_BUCKETS, type ConcurrencyLimit } from '@orcestator/service-kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Outcome, Recorder } from './recording';

export interface WorkerMetrics {
  /** Counts a request that has ended. */
  readonly record: Recorder;
  readonly setRegistered: (isRegistered: boolean) => void;
  readonly addLostRows: (rows: number) => void;
  readonly addRetry: (kind: string) => void;
}

export function createWorkerMetrics(registry: Registry, limit: ConcurrencyLimit): WorkerMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'orcestator_worker_requests_total',
    help: 'Chat requests that ended, by outcome: ok, error or cancelled.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'orcestator_worker_tokens_total',
    help: 'Tokens as the upstream counted them, by kind: prompt or completion.',
    labelNames: ['kind'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'orcestator_worker_cost_usd_total',
    help: 'Cost in US dollars as the upstream reported it.',
    registers,
  });
  const duration = histogram(
    registry,
    'orcestator_worker_request_duration_seconds',
    'Time from the request to the end of its answer.',
  );
  const firstChunk = histogram(
    registry,
    'orcestator_worker_time_to_first_token_seconds',
    'Time from the request to the first chunk of the answer.',
  );
  const events = createEventMetrics(registry);
  addQueueGauges(registry, limit);
  for (const outcome of ['ok', 'error', 'cancelled'] satisfies Outcome[]) requests.inc({ outcome }, 0);
  return {
    record: ({ outcome, usage, latencyMs, firstChunkMs }) => {
      requests.inc({ outcome });
      duration.observe({ outcome }, latencyMs / 1000);
      if (firstChunkMs !== undefined) firstChunk.observe({ outcome }, firstChunkMs / 1000);
      if (usage) {
        tokens.inc({ kind: 'prompt' }, usage.prompt_tokens);
        tokens.inc({ kind: 'completion' }, usage.completion_tokens);
        if (typeof usage.cost === 'number' && usage.cost > 0) cost.inc(usage.cost);
      }
      return Promise.resolve();
    },
    ...events,
  };
}

/** What happens beside the requests. */
function createEventMetrics(registry: Registry): Omit<WorkerMetrics, 'record'> {
  const registers = [registry];
  const registered = new Gauge({
    name: 'orcestator_worker_registered',
    help: '1 while the controller knows this worker.',
    registers,
  });
  const lostRows = new Counter({
    name: 'orcestator_worker_traffic_rows_lost_total',
    help: 'Rows of the traffic log that could not be written.',
    registers,
  });
  const retries = new Counter({
    name: 'orcestator_worker_upstream_retries_total',
    help: 'Requests asked of the upstream again before any content, by the kind of error.',
    labelNames: ['kind'] as const,
    registers,
  });
  return {
    setRegistered: (isRegistered) => registered.set(isRegistered ? 1 : 0),
    addLostRows: (rows) => lostRows.inc(rows),
    addRetry: (kind) => retries.inc({ kind }),
  };
}

function histogram(registry: Registry, name: string, help: string): Histogram<'outcome'> {
  return new Histogram({
    name,
    help,
    labelNames: ['outcome'] as const,
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
}

function addQueueGauges(registry: Registry, limit: ConcurrencyLimit): void {
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('orcestator_worker_in_flight_requests', 'Requests that have a slot.', () => limit.running());
  gauge('orcestator_worker_queue_length', 'Requests running and waiting, as told to the controller.', () =>
    limit.queueLength(),
  );
}
