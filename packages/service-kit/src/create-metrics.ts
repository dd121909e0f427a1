/** A registry of its own for each process, and the `/metrics` page. */
import { Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Seconds: from 10 ms to 10 min, the span of LLM answers. */
export const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** A fresh registry with the process metrics of Node. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** `GET /metrics` in Prometheus' text format. */
export function createMetricsRouter(registry: Registry): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    const page = await registry.metrics();
    response.set('content-type', registry.contentType).send(page);
  });
  return router;
}
