/** A registry of its own for each process, and the `/metrics` page. */
import { Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Seconds: from 10 ms to 10 min, the span of LLM answers. */
export const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Seconds: a hop of ours takes less than a millisecond, the upstream takes minutes. */
export const HOP_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, ...LATENCY_BUCKETS];

/** Gauges under a counter's name, which `promtool check metrics` refuses; the metrics without `_total` add up to the same. */
const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** A fresh registry with the process metrics of Node. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  return registry;
}

/**
 * `GET /metrics` in Prometheus' text format. Never in OpenMetrics: prom-client takes `_total` off its counters' names at
 * the first such answer, and the next answer in the text format lacks it too.
 */
export function createMetricsRouter(registry: Registry): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    const page = await registry.metrics();
    response.set('content-type', registry.contentType).send(page);
  });
  return router;
}
