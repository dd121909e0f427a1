/** `workers`: who is registered at the controller and how each is doing. */
import { defineConfig, parsers } from '@orcestator/service-kit';
import type { CliCommand } from '../command';
import {
  CommandError,
  controllerCallOptions,
  createControllerCalls,
  listWorkers,
  printOutcome,
  type ControllerCallConfig,
  type ControllerCalls,
} from '../controller-calls';
import { loadSettings } from '../load-settings';
import { formatWorkers } from '../print-workers';

interface WorkersConfig extends ControllerCallConfig {
  json: boolean;
}

const workersTable = defineConfig<WorkersConfig>({
  json: {
    flags: ['json'],
    help: 'вывести как JSON',
    parse: parsers.boolean,
    default: false,
    isSwitch: true,
  },
  ...controllerCallOptions,
});

const description = {
  name: 'orcestator workers',
  description: 'Показывает воркеры контроллера: модели, протоколы, очередь, кто когда отвечал.',
};

export const workersCommand: CliCommand = {
  name: 'workers',
  summary: 'показать воркеры',
  run: async (argv, context) => {
    const loaded = loadSettings(description, workersTable, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    return printOutcome(context, () => show(createControllerCalls(loaded.config), loaded.config.json));
  },
};

async function show(calls: ControllerCalls, isJson: boolean): Promise<string> {
  const list = await listWorkers(calls);
  if (!list) {
    throw new CommandError(
      `Контроллер ${calls.url} не умеет показывать воркеры: он из FastChat или не контроллер.`,
    );
  }
  if (isJson) return JSON.stringify(list.workers, null, 2);
  return list.workers.length > 0
    ? formatWorkers(list)
    : 'Воркеров нет. Добавить: pnpm orcestator register URL';
}
