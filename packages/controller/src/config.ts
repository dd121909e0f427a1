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
  heartBeatIntervalOption,
} from '@orcestator/service-kit';

export interface ControllerConfig extends ServiceConfig {
  dispatchMethod: DispatchMethod;
  /** Seconds without a heart beat after which a worker is dropped. */
  heartBeatExpiration: number;
  /** Seconds a relayed worker may be silent (FastChat: `constants.py` WORKER_API_TIMEOUT). */
  workerApiTimeout: number;
  /** Seconds between two questions to a worker without heart beats. */
  probeInterval: number;
  /** Seconds after the start in which a question for a model that nobody serves yet waits for a worker. */
  settleTime: number;
  /** File that keeps registrations without heart beats; empty = none. */
  stateFile: string;
  /** The controller of which this one is a worker; empty = none. */
  parentController: string;
  /** Where a parent controller and its API server reach this one; empty = on this machine. */
  ownAddress: string;
  /** Seconds between two heart beats to the parent. */
  heartBeatInterval: number;
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
  probeInterval: {
    flags: ['probe-interval'],
    env: ['OR_PROBE_INTERVAL'],
    help: 'раз во сколько секунд спрашивать воркеры, которые сами о себе не напоминают',
    parse: parsers.seconds,
    default: 10,
  },
  settleTime: {
    env: ['OR_CONTROLLER_SETTLE_TIME'],
    help: 'сколько секунд после запуска запрос ждёт воркер, который ещё не успел вернуться; 0 — не ждёт',
    parse: parsers.secondsOrZero,
    default: 3,
  },
  stateFile: {
    flags: ['state-file'],
    env: ['OR_CONTROLLER_STATE'],
    help: 'файл, в котором переживают перезапуск воркеры, добавленные командой register; пусто — забываются',
    parse: parsers.text,
    default: '',
  },
  parentController: {
    flags: ['parent-controller'],
    env: ['OR_PARENT_CONTROLLER'],
    help: 'адрес контроллера, у которого этот регистрируется как воркер со всеми своими моделями',
    parse: parsers.httpUrl,
    default: '',
  },
  ownAddress: {
    flags: ['own-address'],
    env: ['OR_CONTROLLER_OWN_ADDRESS'],
    help: 'адрес, по которому этот контроллер виден старшему контроллеру и его API-серверу',
    parse: parsers.httpUrl,
    default: '',
    defaultText: 'http://127.0.0.1:<порт>',
  },
  heartBeatInterval: heartBeatIntervalOption,
  ...commonOptions,
});
