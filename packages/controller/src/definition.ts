/** The controller as a service: its settings and how its parts are put together. */
import {
  checkCommon,
  createJsonClient,
  createStreamClient,
  type Service,
  type ServiceDefinition,
  type ServiceKit,
} from '@orcestator/service-kit';
import { createControllerApp } from './app';
import { controllerConfig, type ControllerConfig } from './config';
import { Controller } from './controller';
import { createHeartBeatSweeper } from './heart-beat-sweeper';
import { observeController } from './metrics';
import { WorkerCalls } from './relay/worker-calls';
import { WorkerPresence } from './worker-presence';
import { createWorkerStatusClient } from './worker-status-client';

/** Milliseconds for a worker's answer to `/worker_get_status` (FastChat: controller.py get_worker_status). */
const STATUS_TIMEOUT = 5_000;
/** Milliseconds to connect to a worker. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds: below the 5 s after which FastChat's workers close an idle connection. */
const KEEP_ALIVE_TIMEOUT = 4_000;

export const controllerDefinition: ServiceDefinition<ControllerConfig> = {
  description: {
    name: 'controller',
    description: 'Контроллер: ведёт список воркеров и говорит, какой из них обслуживает модель.',
    version: '0.1.0',
    epilogue: 'Пример: pnpm controller --host 0.0.0.0 --port 21001 --dispatch-method lottery',
  },
  table: controllerConfig,
  check: checkCommon,
  secrets: () => [],
  create: createControllerService,
};

function createControllerService(config: Readonly<ControllerConfig>, kit: ServiceKit): Service {
  const { clusterSecret } = config;
  const { logger, clock, registry, stopSignal } = kit;
  const client = createJsonClient(STATUS_TIMEOUT);
  const workerStatus = createWorkerStatusClient({ client, clusterSecret, timeout: STATUS_TIMEOUT });
  const controller = new Controller({
    dispatchMethod: config.dispatchMethod,
    heartBeatExpiration: config.heartBeatExpiration,
    clock,
    random: Math.random,
    workerStatus,
    logger,
  });
  observeController(controller, registry);
  const sweeper = createHeartBeatSweeper(controller, clock);
  const presence = new WorkerPresence({ controller, workerStatus, clock, logger });
  const streams = createStreamClient({
    connectTimeout: CONNECT_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  });
  const timeout = config.workerApiTimeout * 1000;
  const calls = new WorkerCalls({ streams, clock, clusterSecret, timeout, stopSignal });
  return {
    listener: createControllerApp({ controller, presence, calls, clusterSecret, logger, registry, clock }),
    started: () => sweeper.start(),
    stopping: () => {
      sweeper.stop();
      presence.stop();
      return Promise.resolve();
    },
    stopped: () => streams.close(),
  };
}
