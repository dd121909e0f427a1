/** One log line and one measurement for each request, when it has ended or its client has left. */
import type { RequestHandler } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../clock';
import { LATENCY_BUCKETS } from '../create-metrics';
import type { Logger } from '../create-logger';
import { requestIdOf } from './request-id';

export interface ObserveOptions {
  /** Metric prefix, `orcestator_controller` say. */
  readonly metricPrefix: string;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
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

export function observeRequests({ metricPrefix, registry, logger, clock }: ObserveOptions): RequestHandler {
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
      const level = quietPaths.has(request.path) ? 'debug' : 'info';
      logger[level](`${request.method} ${request.path}`, {
        status,
        ms: Math.round(seconds * 1000),
        id: requestIdOf(response),
      });
    });
    next();
  };
}
