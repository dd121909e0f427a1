/** The API server's HTTP application: the OpenAI face. */
import { randomUUID } from 'node:crypto';
import { createHttpApp, type ServiceKit, type StreamClient } from '@orcestator/service-kit';
import type { Express } from 'express';
import { createApiKeyCheck } from './check-api-key';
import { createLoopCheck } from './check-loop';
import { createOriginCheck } from './check-origin';
import { statusForClient } from './client-profile';
import type { ControllerClient } from './controller-client';
import { API_SERVER_HOPS, createApiServerMetrics } from './metrics';
import { createChatCompletionsRouter } from './routes/chat-completions';
import { createHealthRouter } from './routes/health';
import { createModelsRouter } from './routes/models';
import { createWorkerHealth } from './worker-health';

/** Failures in a row after which a worker is left alone, and for how many milliseconds. */
const FAILURES_TO_REST = 3;
const REST_MS = 30_000;

export interface ApiServerAppOptions {
  readonly controller: ControllerClient;
  readonly client: StreamClient;
  readonly clusterSecret: string;
  readonly clientKeys: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Bytes. */
  readonly bodyLimit: number;
  /** Milliseconds. */
  readonly workerApiTimeout: number;
  /** Milliseconds. */
  readonly totalTimeout: number;
  readonly kit: ServiceKit;
}

export function createApiServerApp(options: ApiServerAppOptions): Express {
  const { controller, client, clusterSecret, workerApiTimeout, totalTimeout, bodyLimit, kit } = options;
  const { clock, stopSignal, logger } = kit;
  const metrics = createApiServerMetrics(kit.registry, clock);
  const health = createWorkerHealth({ clock, threshold: FAILURES_TO_REST, rest: REST_MS });
  const workers = { controller, client, clusterSecret, health, logger, onFailover: metrics.addFailover };
  return createHttpApp({
    ...kit,
    metricPrefix: 'orcestator_api_server',
    hops: API_SERVER_HOPS,
    errorStatus: (request, status) => statusForClient(request.headers, status),
    routers: [
      ...createOriginCheck(options.allowedOrigins),
      createHealthRouter(controller),
      createApiKeyCheck(options.clientKeys),
      createLoopCheck(randomUUID().slice(0, 8)),
      createModelsRouter(controller, clock.now()),
      createChatCompletionsRouter({
        workers,
        firstByteTimeout: (isStream) => (isStream ? workerApiTimeout : totalTimeout),
        bodyLimit,
        clock,
        stopSignal,
        metrics,
      }),
    ],
  });
}
