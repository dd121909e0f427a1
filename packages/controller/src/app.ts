/** The controller's Express application: which routes there are and who may call them. */
import { createHttpApp, requireClusterToken, type Clock, type Logger } from '@orcestator/service-kit';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import type { Controller } from './controller';
import { METRIC_PREFIX } from './metrics';
import type { WorkerCalls } from './relay/worker-calls';
import { createGetWorkerAddressRouter } from './routes/get-worker-address';
import { createHealthRouter } from './routes/health';
import { createListModelsRouter } from './routes/list-models';
import { createListWorkersRouter } from './routes/list-workers';
import { createReceiveHeartBeatRouter } from './routes/receive-heart-beat';
import { createRefreshAllWorkersRouter } from './routes/refresh-all-workers';
import { createRegisterWorkerRouter } from './routes/register-worker';
import { createRemoveWorkerRouter } from './routes/remove-worker';
import { createWorkerGenerateStreamRouter } from './routes/worker-generate-stream';
import { createWorkerGetStatusRouter } from './routes/worker-get-status';
import { createWorkerPresenceRouter } from './routes/worker-presence';
import { createWorkerRelayRouter } from './routes/worker-relay';
import type { Settling } from './settling';
import type { WorkerPresence } from './worker-presence';

export interface ControllerAppOptions {
  readonly controller: Controller;
  readonly settling: Settling;
  readonly presence: WorkerPresence;
  readonly calls: WorkerCalls;
  /** What a caller may show: the secret, or the token by which this controller is called as a worker. None = open. */
  readonly clusterTokens: () => readonly string[];
  /** Milliseconds between two questions to a worker without heart beats. */
  readonly probeInterval: number;
  /** Whether registrations by hand survive a restart. */
  readonly isKept: boolean;
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
      requireClusterToken(options.clusterTokens),
      createRegisterWorkerRouter(controller),
      createReceiveHeartBeatRouter(controller),
      createRemoveWorkerRouter(controller),
      createWorkerPresenceRouter(presence),
      createListModelsRouter(controller, options.clock.now()),
      createListWorkersRouter(options),
      createGetWorkerAddressRouter(controller, options.settling),
      createRefreshAllWorkersRouter(controller),
      createWorkerGetStatusRouter(controller),
      createWorkerGenerateStreamRouter(options),
      createWorkerRelayRouter(options),
    ],
  });
}
