/** The controller's Express application: which routes there are and who may call them. */
import { createHttpApp, requireClusterToken, type Clock, type Logger } from '@orcestator/service-kit';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import type { Controller } from './controller';
import { METRIC_PREFIX } from './metrics';
import type { WorkerCalls } from './relay/worker-calls';
import { createChatCompletionsRouter } from './routes/chat-completions';
import { createGetWorkerAddressRouter } from './routes/get-worker-address';
import { createHealthRouter } from './routes/health';
import { createListModelsRouter } from './routes/list-models';
import { createReceiveHeartBeatRouter } from './routes/receive-heart-beat';
import { createRefreshAllWorkersRouter } from './routes/refresh-all-workers';
import { createRegisterWorkerRouter } from './routes/register-worker';
import { createRemoveWorkerRouter } from './routes/remove-worker';
import { createWorkerGenerateStreamRouter } from './routes/worker-generate-stream';
import { createWorkerGetStatusRouter } from './routes/worker-get-status';
import { createWorkerPresenceRouter } from './routes/worker-presence';
import type { WorkerPresence } from './worker-presence';

export interface ControllerAppOptions {
  readonly controller: Controller;
  readonly presence: WorkerPresence;
  readonly calls: WorkerCalls;
  readonly clusterSecret: string;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
}

export function createControllerApp(options: ControllerAppOptions): Express {
  const { controller, presence } = options;
  return createHttpApp({
    metricPrefix: METRIC_PREFIX,
    registry: options.registry,
    logger: options.logger,
    clock: options.clock,
    routers: [
      createHealthRouter(controller),
      requireClusterToken(options.clusterSecret),
      createRegisterWorkerRouter(controller),
      createReceiveHeartBeatRouter(controller),
      createRemoveWorkerRouter(controller),
      createWorkerPresenceRouter(presence),
      createListModelsRouter(controller),
      createGetWorkerAddressRouter(controller),
      createRefreshAllWorkersRouter(controller),
      createWorkerGetStatusRouter(controller),
      createWorkerGenerateStreamRouter(options),
      createChatCompletionsRouter(options),
    ],
  });
}
