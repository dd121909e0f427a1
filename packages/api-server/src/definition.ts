/** The API server as a service: settings → clients and application. */
import { CONTROLLER_HEART_BEAT_EXPIRATION } from '@orcestator/protocol';
import {
  checkCommon,
  controllerUrlOf,
  createJsonClient,
  createStreamClient,
  parsers,
  type ServiceDefinition,
} from '@orcestator/service-kit';
import { createApiServerApp } from './app';
import { apiServerTable, type ApiServerConfig } from './config';
import { createControllerClient } from './controller-client';

/** Milliseconds for a call to the controller. */
const CONTROLLER_CALL_TIMEOUT = 5_000;
/** Milliseconds to connect to a worker, and to keep an idle connection; our services keep theirs for 75 s. */
const WORKER_CONNECT_TIMEOUT = 10_000;
const WORKER_KEEP_ALIVE = 4_000;

export const apiServerDefinition: ServiceDefinition<ApiServerConfig> = {
  description: {
    name: 'api',
    description:
      'API-сервер: принимает запросы в формате OpenAI, находит воркер через контроллер и передаёт его поток.',
    version: '0.1.0',
    epilogue: 'Пример: pnpm api --host 127.0.0.1 --port 9000 --api-keys ключ1,ключ2\n',
  },
  table: apiServerTable,
  check: checkCommon,
  secrets: (config) => [...config.clientKeys],
  create: (config, kit) => {
    const client = createStreamClient({
      connectTimeout: WORKER_CONNECT_TIMEOUT,
      keepAliveTimeout: WORKER_KEEP_ALIVE,
    });
    const controller = createControllerClient({
      controllerUrl: controllerUrlOf(config),
      clusterSecret: config.clusterSecret,
      client: createJsonClient(CONTROLLER_CALL_TIMEOUT),
      clock: kit.clock,
      standInTime: CONTROLLER_HEART_BEAT_EXPIRATION * 1000,
    });
    const app = createApiServerApp({
      controller,
      client,
      clusterSecret: config.clusterSecret,
      clientKeys: config.clientKeys,
      allowedOrigins: config.allowedOrigins,
      bodyLimit: config.bodyLimit * parsers.MEBIBYTE,
      workerApiTimeout: config.workerApiTimeout * 1000,
      totalTimeout: config.totalTimeout * 1000,
      kit,
    });
    return { listener: app, stopped: () => client.close() };
  },
};
