/** Settings of `orcestator start` and `orcestator demo`: ports and hosts; everything else the services read themselves. */
import { DEFAULT_PORTS } from '@orcestator/protocol';
import { defineConfig, parsers } from '@orcestator/service-kit';

export interface StackConfig {
  host: string;
  port: number;
  controllerPort: number;
  workerPort: number;
  simulatorPort: number;
}

const port = (flag: string, env: string, help: string, standard: number) => ({
  flags: [flag] as const,
  env: [env] as const,
  help,
  parse: parsers.port,
  default: standard,
});

export const stackTable = defineConfig<StackConfig>({
  host: {
    flags: ['host'],
    env: ['OR_HOST'],
    help: 'адрес, на котором шлюз ждёт клиентов',
    parse: parsers.text,
    default: '0.0.0.0',
  },
  port: port('port', 'OR_PORT', 'порт шлюза', DEFAULT_PORTS.apiServer),
  controllerPort: port('controller-port', 'OR_CONTROLLER_PORT', 'порт контроллера', DEFAULT_PORTS.controller),
  workerPort: port('worker-port', 'OR_WORKER_PORT', 'порт воркера', DEFAULT_PORTS.worker),
  simulatorPort: port(
    'simulator-port',
    'OR_SIMULATOR_PORT',
    'порт симулятора OpenRouter (только demo)',
    DEFAULT_PORTS.simulator,
  ),
});
