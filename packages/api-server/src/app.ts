/** The API server's HTTP application: the OpenAI face. */
import { randomUUID } from 'node:crypto';
import { createHttpApp, type ServiceKit, type StreamClient } from '@orcestator/service-kit';
import type { Express } from 'express';
import { createApiKeyCheck } from './check-api-key';
import { createLoopCheck } from './check-loop';
import { createOriginCheck } from './check-origin';
import { statusForClient } from './client-profile';
import type { ControllerClient } from './controller-client';
import type { Drivers } from './drivers/driver';
import { createOpenAiDriver } from './drivers/openai-driver';
import { createWorkerProtocols } from './drivers/worker-protocols';
import { createFastChatDriver } from './fastchat/fastchat-driver';
import { createTokenCounter } from './fastchat/token-counter';
import { API_SERVER_HOPS, createApiServerMetrics } from './metrics';
import { TOTAL_MARGIN_MS } from './relay/deadline';
import type { ServeModelOptions } from './relay/serve-model';
import { createChatCompletionsRouter } from './routes/chat-completions';
import { createCompletionsRouter } from './routes/completions';
import { createEmbeddingsRouter } from './routes/embeddings';
import { createHealthRouter } from './routes/health';
import { createModelsRouter } from './routes/models';
import { createTokenCheckRouter } from './routes/token-check';
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
  const calls = { client, clusterSecret, clock, callTimeout: workerApiTimeout };
  const drivers: Drivers = {
    openai: createOpenAiDriver(client, clusterSecret, clock),
    fastchat: createFastChatDriver(calls),
  };
  const protocols = createWorkerProtocols(calls);
  const workers = { controller, drivers, protocols, health, logger, clock, onFailover: metrics.addFailover };
  const serving: ServeModelOptions = {
    workers,
    // One body begins when it is complete: the deadline is its only limit, and this one must never be the first to fire.
    firstByteTimeout: (isStream) => (isStream ? workerApiTimeout : totalTimeout + 2 * TOTAL_MARGIN_MS),
    totalTimeout,
    bodyLimit,
    clock,
    stopSignal,
    metrics,
  };
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
      createChatCompletionsRouter(serving),
      createCompletionsRouter(serving),
      createEmbeddingsRouter(serving),
      createTokenCheckRouter({ ...serving, countTokens: createTokenCounter({ ...calls, controller }) }),
    ],
  });
}
