/** Settings that more than one service has. */
import {
  CONTROLLER_HEART_BEAT_EXPIRATION,
  DEFAULT_PORTS,
  WORKER_HEART_BEAT_INTERVAL,
} from '@orcestator/protocol';
import { defineConfig, type ConfigOption } from './option';
import { httpUrl, integer, port, seconds } from './parsers';

/** Where the controller is: its address, or only its port when it runs on this machine. */
export interface ControllerUrlConfig {
  controllerUrl: string;
  controllerPort: number;
}

export const controllerUrlOptions = defineConfig<ControllerUrlConfig>({
  controllerUrl: {
    flags: ['controller-address', 'controller'],
    env: ['OR_CONTROLLER_URL'],
    help: 'адрес контроллера',
    parse: httpUrl,
    default: '',
    defaultText: 'http://127.0.0.1:<OR_CONTROLLER_PORT>',
  },
  controllerPort: {
    env: ['OR_CONTROLLER_PORT'],
    help: 'порт контроллера на этой машине, если адрес не задан',
    parse: port,
    default: DEFAULT_PORTS.controller,
  },
});

export function controllerUrlOf(config: Readonly<ControllerUrlConfig>): string {
  return config.controllerUrl || `http://127.0.0.1:${config.controllerPort}`;
}

/** Copilot sends 70 kB for "hi"; images and long histories make many megabytes. */
export const bodyLimitOption: ConfigOption<number> = {
  flags: ['body-limit'],
  env: ['OR_BODY_LIMIT_MB'],
  help: 'наибольший размер запроса, мегабайт',
  parse: integer(1, 1024),
  default: 50,
};

/** The worker ends an answer after this time; the API server ends those of all others, and a little later whatever is left. */
export const totalTimeoutOption: ConfigOption<number> = {
  flags: ['total-timeout'],
  env: ['OR_TOTAL_TIMEOUT'],
  help: 'сколько может длиться весь ответ, секунд',
  parse: seconds,
  default: 1800,
};

/** The controller drops a worker after this silence; the worker must beat more often. */
export const heartBeatExpirationOption: ConfigOption<number> = {
  flags: ['heart-beat-expiration'],
  env: ['FASTCHAT_CONTROLLER_HEART_BEAT_EXPIRATION'],
  help: 'секунд без сигнала, после которых контроллер забывает воркер',
  parse: seconds,
  default: CONTROLLER_HEART_BEAT_EXPIRATION,
};

/** A worker's, and a controller's that is itself a worker of another. */
export const heartBeatIntervalOption: ConfigOption<number> = {
  env: ['FASTCHAT_WORKER_HEART_BEAT_INTERVAL'],
  help: 'секунд между сигналами контроллеру о том, что воркер жив',
  parse: seconds,
  default: WORKER_HEART_BEAT_INTERVAL,
};
