/** The simulator's settings. */
import { DEFAULT_PORTS } from '@orcestator/protocol';
import { commonOptions, defineConfig, parsers, type ServiceConfig } from '@orcestator/service-kit';

export interface SimulatorConfig extends ServiceConfig {
  /** Milliseconds. */
  tokenDelay: number;
  /** Milliseconds. */
  firstTokenDelay: number;
}

export const simulatorTable = defineConfig<SimulatorConfig>({
  host: {
    flags: ['host'],
    env: ['OR_SIMULATOR_HOST'],
    help: 'адрес, на котором симулятор ждёт запросы',
    parse: parsers.text,
    default: '127.0.0.1',
  },
  port: {
    flags: ['port'],
    env: ['OR_SIMULATOR_PORT'],
    help: 'порт симулятора',
    parse: parsers.port,
    default: DEFAULT_PORTS.simulator,
  },
  tokenDelay: {
    flags: ['token-delay'],
    env: ['OR_SIMULATOR_TOKEN_DELAY'],
    help: 'пауза между токенами, миллисекунд',
    parse: parsers.integer(0),
    default: 30,
  },
  firstTokenDelay: {
    flags: ['first-token-delay'],
    env: ['OR_SIMULATOR_FIRST_TOKEN_DELAY'],
    help: 'время до первого токена, миллисекунд',
    parse: parsers.integer(0),
    default: 300,
  },
  ...commonOptions,
});
