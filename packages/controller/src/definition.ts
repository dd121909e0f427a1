/** The controller as a service: its settings and how its parts are put together. */
import { randomUUID } from 'node:crypto';
import {
  checkCommon,
  clusterToken,
  createJsonClient,
  createStreamClient,
  type JsonClient,
  type Registration,
  type Service,
  type ServiceDefinition,
  type ServiceKit,
} from '@orcestator/service-kit';
import { createControllerApp } from './app';
import { controllerConfig, type ControllerConfig } from './config';
import { Controller } from './controller';
import { createHeartBeatSweeper } from './heart-beat-sweeper';
import { keepRegistrations } from './kept-registrations';
import { observeController } from './metrics';
import { createParentRegistration, type ParentOptions } from './parent';
import { WorkerCalls } from './relay/worker-calls';
import { createWorkerProber } from './worker-prober';
import { createSettling } from './settling';
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
  const { clusterSecret, stateFile } = config;
  const { logger, clock, registry, stopSignal } = kit;
  const client = createJsonClient(STATUS_TIMEOUT);
  const { controller, workerStatus } = createController(config, kit, client);
  observeController(controller, registry);
  const sweeper = createHeartBeatSweeper(controller, clock);
  const probeInterval = config.probeInterval * 1000;
  const prober = createWorkerProber(controller, clock, probeInterval);
  const presence = new WorkerPresence({ controller, workerStatus, clock, logger });
  const streams = createStreamClient({
    connectTimeout: CONNECT_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  });
  const calls = new WorkerCalls({
    streams,
    clock,
    clusterSecret,
    timeout: config.workerApiTimeout * 1000,
    stopSignal,
  });
  const clusterTokens = [clusterSecret];
  let parent: Registration | undefined;
  return {
    listener: createControllerApp({
      controller,
      settling: createSettling(controller, clock, config.settleTime * 1000),
      presence,
      calls,
      clusterTokens: () => clusterTokens,
      probeInterval,
      isKept: stateFile !== '',
      logger,
      registry,
      clock,
    }),
    started: ({ port }) => {
      const ownAddress = config.ownAddress || `${config.ssl ? 'https' : 'http'}://127.0.0.1:${port}`;
      clusterTokens.push(clusterToken(clusterSecret, ownAddress));
      if (stateFile !== '') keepRegistrations({ controller, path: stateFile, logger });
      sweeper.start();
      parent = parentOf(config, ownAddress, {
        controller,
        jsonClient: client,
        streamClient: streams,
        clock,
        logger,
      });
      parent?.start();
    },
    stopping: async () => {
      sweeper.stop();
      prober.stop();
      presence.stop();
      await parent?.stop();
    },
    stopped: () => streams.close(),
  };
}

/** The registry, and how it asks its workers. */
function createController(
  { clusterSecret, dispatchMethod, heartBeatExpiration }: Readonly<ControllerConfig>,
  { clock, logger }: ServiceKit,
  client: JsonClient,
) {
  const id = randomUUID().slice(0, 8);
  const asking = { client, clusterSecret, timeout: STATUS_TIMEOUT, controllerId: id };
  const workerStatus = createWorkerStatusClient(asking);
  const controller = new Controller({
    dispatchMethod,
    heartBeatExpiration,
    clock,
    random: Math.random,
    workerStatus,
    logger,
    id,
  });
  return { controller, workerStatus };
}

/** This controller's place at its parent, where it has one. */
function parentOf(
  config: Readonly<ControllerConfig>,
  workerName: string,
  parts: Pick<ParentOptions, 'controller' | 'jsonClient' | 'streamClient' | 'clock' | 'logger'>,
): Registration | undefined {
  if (config.parentController === '') return undefined;
  return createParentRegistration({
    ...parts,
    controllerUrl: config.parentController,
    workerName,
    clusterSecret: config.clusterSecret,
    heartBeatInterval: config.heartBeatInterval * 1000,
    random: Math.random,
  });
}
