/** The simulator as a service. */
import { checkCommon, type ServiceDefinition } from '@orcestator/service-kit';
import { simulatorTable, type SimulatorConfig } from './config';
import { createSimulator } from './simulator';

export const simulatorDefinition: ServiceDefinition<SimulatorConfig> = {
  description: {
    name: 'simulator',
    description: 'Симулятор OpenRouter: отвечает без сети и без денег, со всеми странностями настоящего.',
    version: '0.1.0',
    epilogue: 'Пример: pnpm simulator --port 8010 --token-delay 5\n',
  },
  table: simulatorTable,
  check: checkCommon,
  secrets: () => [],
  create: ({ tokenDelay, firstTokenDelay }, { clock }) => ({
    listener: createSimulator({ tokenDelay, firstTokenDelay, clock }).listener,
  }),
};
