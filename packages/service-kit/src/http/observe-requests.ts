/** One log line and one measurement for each request, when it has ended or its client has left. */
import { errorTable, type ErrorKind } from '@orcestator/protocol';
import type { RequestHandler } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../clock';
import { HOP_BUCKETS, LATENCY_BUCKETS } from '../create-metrics';
import type { Logger } from '../create-logger';
import { requestIdOf } from './request-id';
import { serverTimingOf, type HopTimes } from './server-timing';

export interface ObserveOptions {
  /** Metric prefix, `orcestator_controller` say. */
  readonly metricPrefix: string;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Where a request spends its time in this service, as it names them in its `Server-Timing`; none where absent. */
  readonly hops?: readonly string[];
}

/** Paths that are asked all the time: logged at debug level. */
const quietPaths = new Set([
  '/metrics',
  '/health',
  '/test_connection',
  '/receive_heart_beat',
  '/get_worker_address',
  '/worker_get_status',
  '/list_models',
  '/worker_presence',
]);

export function observeRequests(options: ObserveOptions): RequestHandler {
  const { metricPrefix, registry, logger, clock } = options;
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: `${metricPrefix}_http_requests_total`,
    help: 'HTTP requests that ended, by route pattern and status; 499 = the client left first.',
    labelNames,
    registers: [registry],
  });
  const duration = new Histogram({
    name: `${metricPrefix}_http_request_duration_seconds`,
    help: 'Time from the request to the end of its answer.',
    labelNames,
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const observeHops = createHopMetric(options);
  return function observe(request, response, next) {
    const start = clock.monotonic();
    response.once('close', () => {
      const seconds = (clock.monotonic() - start) / 1000;
      const status = response.writableFinished ? response.statusCode : 499;
      const path: unknown = (request.route as { path?: unknown } | undefined)?.path;
      const labels = {
        method: request.method,
        route: typeof path === 'string' ? path : 'unmatched',
        status: String(status),
      };
      requests.inc(labels);
      duration.observe(labels, seconds);
      const timing = serverTimingOf(response);
      if (timing) observeHops(timing.measured());
      const level = quietPaths.has(request.path) ? 'debug' : 'info';
      logger[level](`${request.method} ${request.path}`, {
        status,
        ms: Math.round(seconds * 1000),
        id: requestIdOf(response),
        ...(timing ? { hops: hopsText(timing.all()) } : {}),
      });
    });
    next();
  };
}

function createHopMetric({ metricPrefix, registry, hops }: ObserveOptions): (times: HopTimes) => void {
  if (!hops) return () => undefined;
  const duration = new Histogram({
    name: `${metricPrefix}_hop_duration_seconds`,
    help: 'Time that a request spent in each hop, as in the Server-Timing header.',
    labelNames: ['hop'] as const,
    buckets: HOP_BUCKETS,
    registers: [registry],
  });
  for (const hop of hops) duration.zero({ hop });
  return (times) => {
    for (const [hop, time] of times) if (hops.includes(hop)) duration.observe({ hop }, time / 1000);
  };
}

/** `gateway=1 dispatch=1 upstream=812`: milliseconds. */
function hopsText(times: HopTimes): string {
  return times.map(([hop, time]) => `${hop}=${Math.round(time)}`).join(' ');
}

/** The true kinds: a status may be another one, chosen so that the client shows the text. */
export function createErrorMetric({ metricPrefix, registry }: ObserveOptions): (kind: ErrorKind) => void {
  const errors = new Counter({
    name: `${metricPrefix}_errors_total`,
    help: 'Errors that this service answered with, by kind.',
    labelNames: ['kind'] as const,
    registers: [registry],
  });
  for (const kind of Object.keys(errorTable)) errors.inc({ kind }, 0);
  return (kind) => errors.inc({ kind });
}
