/** The API server's HTTP application: the OpenAI face. */
import { createHttpApp, type ServiceKit, type StreamClient } from '@orcestator/service-kit';
import type { Express } from 'express';
import { createApiKeyCheck } from './check-api-key';
import { createOriginCheck } from './check-origin';
import type { ControllerClient } from './controller-client';
import { createApiServerMetrics } from './metrics';
import { createChatCompletionsRouter } from './routes/chat-completions';
import { createHealthRouter } from './routes/health';
import { createModelsRouter } from './routes/models';

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
  const workers = {
    controller,
    client,
    clusterSecret,
    workerApiTimeout,
    logger,
    onFailover: metrics.addFailover,
  };
  return createHttpApp({
    ...kit,
    metricPrefix: 'orcestator_api_server',
    routers: [
      ...createOriginCheck(options.allowedOrigins),
      createHealthRouter(controller),
      createApiKeyCheck(options.clientKeys),
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
