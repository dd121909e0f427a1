/** The worker's metrics; names and labels are listed in docs/metrics.md (a test compares). */
import type { ErrorKind } from '@orcestator/protocol';
import {
  createBoundedLabel,
  LATENCY_BUCKETS,
  Tally,
  TalliedHistogram,
  type BoundedLabel,
  type ConcurrencyLimit,
  type Redact,
} from '@orcestator/service-kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { TOKEN_GAP_BUCKETS } from './chat/token-gaps';
import type { Outcome, Recorder, RequestRecord } from './recording';
import { tokenCounts, tokenKinds } from './token-counts';

/** Upstream models with series of their own; all further ones share `other`. */
const MODEL_PLACES = 20;

export interface WorkerMetricsOptions {
  readonly registry: Registry;
  readonly limit: ConcurrencyLimit;
  /** Upstream models whose series begin at zero; empty names are none. */
  readonly models: readonly string[];
  readonly redact: Redact;
}

export interface WorkerMetrics {
  /** Counts a request that has ended. */
  readonly record: Recorder;
  readonly setRegistered: (isRegistered: boolean) => void;
  readonly addLostRows: (rows: number) => void;
  readonly addLostAuditRows: (rows: number) => void;
  /** US dollars that became known after the answer of this model. */
  readonly addLateCost: (model: string, cost: number) => void;
  readonly setWaitingRows: (rows: number) => void;
  readonly addUpstreamError: (kind: ErrorKind) => void;
  readonly addRetry: (kind: ErrorKind) => void;
}

export function createWorkerMetrics(options: WorkerMetricsOptions): WorkerMetrics {
  const { registry, limit, models, redact } = options;
  const series = createModelSeries(registry);
  const label = createBoundedLabel({
    places: MODEL_PLACES,
    known: models.filter((model) => model !== ''),
    isShown: (model) => redact(model) === model,
    onNew: (model) => series.begin(model),
  });
  addQueueGauges(registry, limit);
  return {
    record: (record) => {
      series.add(modelLabel(record, label), record);
      return Promise.resolve();
    },
    // A model that has not answered before has no label of its own.
    addLateCost: (model, cost) => series.addCost(label.of(model, false), cost),
    ...createEventMetrics(registry),
  };
}

/** Only a model that has answered gets a label of its own: until then the name is nothing but the client's word. */
function modelLabel({ upstreamModel, firstChunkMs }: RequestRecord, label: BoundedLabel): string {
  return label.of(upstreamModel, firstChunkMs !== undefined);
}

interface ModelSeries {
  /** Begins all series of a model at zero, so that a rate has no gap at their first event. */
  begin(model: string): void;
  add(model: string, record: RequestRecord): void;
  addCost(model: string, cost: number): void;
}

const outcomes = ['ok', 'error', 'cancelled'] as const satisfies Outcome[];

function createModelSeries(registry: Registry): ModelSeries {
  const registers = [registry];
  const requests = new Counter({
    name: 'orcestator_worker_requests_total',
    help: 'Chat requests that ended, by outcome: ok, error or cancelled.',
    labelNames: ['outcome', 'model'] as const,
    registers,
  });
  const tokens = new Counter({
    name: 'orcestator_worker_tokens_total',
    help: 'Tokens as the upstream counted them; cached ones are part of prompt, reasoning ones of completion.',
    labelNames: ['kind', 'model'] as const,
    registers,
  });
  const cost = new Counter({
    name: 'orcestator_worker_cost_usd_total',
    help: 'Cost in US dollars as the upstream reported it.',
    labelNames: ['model'] as const,
    registers,
  });
  const { duration, firstChunk, gaps } = createTimes(registry);
  return {
    begin: (model) => {
      for (const outcome of outcomes) requests.inc({ outcome, model }, 0);
      for (const kind of tokenKinds) tokens.inc({ kind, model }, 0);
      cost.inc({ model }, 0);
      firstChunk.zero({ model });
      gaps.add(model, new Tally(TOKEN_GAP_BUCKETS));
    },
    add: (model, { outcome, usage, latencyMs, firstChunkMs, tokenGaps }) => {
      requests.inc({ outcome, model });
      duration.observe({ outcome, model }, latencyMs / 1000);
      if (firstChunkMs !== undefined) firstChunk.observe({ model }, firstChunkMs / 1000);
      gaps.add(model, tokenGaps);
      if (!usage) return;
      for (const [kind, count] of tokenCounts(usage)) tokens.inc({ kind, model }, count);
      if (typeof usage.cost === 'number' && usage.cost > 0) cost.inc({ model }, usage.cost);
    },
    addCost: (model, added) => cost.inc({ model }, added),
  };
}

function createTimes(registry: Registry) {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'orcestator_worker_request_duration_seconds',
      help: 'Time from the request to the end of its answer.',
      labelNames: ['outcome', 'model'] as const,
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    firstChunk: new Histogram({
      name: 'orcestator_worker_time_to_first_token_seconds',
      help: 'Time from the request to the first chunk of the answer.',
      labelNames: ['model'] as const,
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    gaps: new TalliedHistogram({
      name: 'orcestator_worker_time_between_tokens_seconds',
      help: 'Time between the chunks of an answer as they came from the upstream; those that came together are one.',
      label: 'model',
      buckets: TOKEN_GAP_BUCKETS,
      registry,
    }),
  };
}

/** What an upstream can fail with; each is there from the start. */
const upstreamErrorKinds: readonly ErrorKind[] = [
  'invalid_request',
  'context_overflow',
  'content_policy',
  'model_not_found',
  'rate_limit',
  'quota_exceeded',
  'upstream_failed',
  'upstream_key_rejected',
  'upstream_credits',
  'upstream_forbidden',
  'overloaded',
  'timeout',
];

/** What happens beside the requests. */
function createEventMetrics(registry: Registry): Omit<WorkerMetrics, 'record' | 'addLateCost'> {
  const registers = [registry];
  const registered = new Gauge({
    name: 'orcestator_worker_registered',
    help: '1 while the controller knows this worker.',
    registers,
  });
  const lostRows = new Counter({
    name: 'orcestator_worker_traffic_rows_lost_total',
    help: 'Rows of the traffic log that were given up.',
    registers,
  });
  const waitingRows = new Gauge({
    name: 'orcestator_worker_traffic_rows_waiting',
    help: 'Rows of the traffic log that wait in memory because the file cannot be written.',
    registers,
  });
  const lostAuditRows = new Counter({
    name: 'orcestator_worker_audit_rows_lost_total',
    help: 'Requests that could not be written to the audit database.',
    registers,
  });
  const errors = new Counter({
    name: 'orcestator_worker_upstream_errors_total',
    help: 'Requests to the upstream that failed, those asked again included, by kind of error.',
    labelNames: ['kind'] as const,
    registers,
  });
  const retries = new Counter({
    name: 'orcestator_worker_upstream_retries_total',
    help: 'Requests asked of the upstream again before any content, by the kind of error.',
    labelNames: ['kind'] as const,
    registers,
  });
  for (const kind of upstreamErrorKinds) {
    errors.inc({ kind }, 0);
    retries.inc({ kind }, 0);
  }
  return {
    setRegistered: (isRegistered) => registered.set(isRegistered ? 1 : 0),
    addLostRows: (rows) => lostRows.inc(rows),
    addLostAuditRows: (rows) => lostAuditRows.inc(rows),
    setWaitingRows: (rows) => waitingRows.set(rows),
    addUpstreamError: (kind) => errors.inc({ kind }),
    addRetry: (kind) => retries.inc({ kind }),
  };
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
