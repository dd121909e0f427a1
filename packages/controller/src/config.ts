/** The settings of the controller. */
import {
  DEFAULT_PORTS,
  dispatchMethods,
  WORKER_API_TIMEOUT,
  type DispatchMethod,
} from '@orcestator/protocol';
import {
  commonOptions,
  defineConfig,
  parsers,
  type ServiceConfig,
  heartBeatExpirationOption,
} from '@orcestator/service-kit';

export interface ControllerConfig extends ServiceConfig {
  dispatchMethod: DispatchMethod;
  /** Seconds without a heart beat after which a worker is dropped. */
  heartBeatExpiration: number;
  /** Seconds a relayed worker may be silent (FastChat: `constants.py` WORKER_API_TIMEOUT). */
  workerApiTimeout: number;
}

export const controllerConfig = defineConfig<ControllerConfig>({
  host: {
    flags: ['host'],
    env: ['OR_CONTROLLER_HOST'],
    help: 'адрес, на котором слушает контроллер; 0.0.0.0 — доступен с других машин',
    parse: parsers.text,
    default: '127.0.0.1',
  },
  port: {
    flags: ['port'],
    env: ['OR_CONTROLLER_PORT'],
    help: 'порт контроллера',
    parse: parsers.port,
    default: DEFAULT_PORTS.controller,
  },
  dispatchMethod: {
    flags: ['dispatch-method'],
    env: ['OR_DISPATCH_METHOD'],
    help: 'как выбирать воркер: shortest_queue — с самой короткой очередью, lottery — случайно, по скорости',
    parse: parsers.oneOf(dispatchMethods),
    default: 'shortest_queue',
  },
  heartBeatExpiration: heartBeatExpirationOption,
  workerApiTimeout: {
    env: ['FASTCHAT_WORKER_API_TIMEOUT'],
    help: 'сколько секунд ждать данных от воркера, ответ которого контроллер передаёт сам',
    parse: parsers.seconds,
    default: WORKER_API_TIMEOUT,
  },
  ...commonOptions,
});
