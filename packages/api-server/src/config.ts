/** The API server's settings. */
import { DEFAULT_PORTS, WORKER_API_TIMEOUT } from '@orcestator/protocol';
import {
  bodyLimitOption,
  commonOptions,
  controllerUrlOptions,
  defineConfig,
  parsers,
  totalTimeoutOption,
  type ControllerUrlConfig,
  type ServiceConfig,
} from '@orcestator/service-kit';

export interface ApiServerConfig extends ServiceConfig, ControllerUrlConfig {
  clientKeys: string[];
  allowedOrigins: string[];
  bodyLimit: number;
  /** Seconds. */
  workerApiTimeout: number;
  /** Seconds. */
  totalTimeout: number;
}

export const apiServerTable = defineConfig<ApiServerConfig>({
  host: {
    flags: ['host'],
    env: ['OR_HOST'],
    help: 'адрес, на котором шлюз ждёт клиентов; 0.0.0.0 — со всей сети, 127.0.0.1 — только с этой машины',
    parse: parsers.text,
    default: '0.0.0.0',
  },
  port: {
    flags: ['port'],
    env: ['OR_PORT'],
    help: 'порт шлюза',
    parse: parsers.port,
    default: DEFAULT_PORTS.apiServer,
  },
  ...controllerUrlOptions,
  clientKeys: {
    flags: ['api-keys'],
    env: ['OR_CLIENT_KEYS'],
    help: 'ключи клиентов через запятую; пусто — ключ не нужен',
    parse: parsers.list,
    default: [],
    isSecret: true,
  },
  allowedOrigins: {
    flags: ['allowed-origins'],
    env: ['OR_ALLOWED_ORIGINS'],
    help: 'сайты, страницам которых можно обращаться к шлюзу: JSON-список или через запятую, * — всем',
    parse: parsers.jsonOrCommaList,
    default: [],
    defaultText: 'только страницы этой машины',
  },
  bodyLimit: bodyLimitOption,
  workerApiTimeout: {
    env: ['FASTCHAT_WORKER_API_TIMEOUT'],
    help: 'сколько секунд ждать начала ответа воркера',
    parse: parsers.seconds,
    default: WORKER_API_TIMEOUT,
  },
  totalTimeout: totalTimeoutOption,
  ...commonOptions,
});
