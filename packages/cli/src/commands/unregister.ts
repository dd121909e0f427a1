/** `unregister`: takes a worker off the controller's list. */
import { controllerPaths, isRecord } from '@orcestator/protocol';
import type { CliCommand } from '../command';
import {
  CommandError,
  controllerCallOptions,
  createControllerCalls,
  listWorkers,
  printOutcome,
  type ControllerCalls,
} from '../controller-calls';
import { loadSettings } from '../load-settings';
import { readAddress } from '../read-address';

const description = {
  name: 'orcestator unregister',
  description: 'Убирает воркер или сервер из списка контроллера; начатые ответы доходят до конца.',
  operands: [{ name: 'URL', help: 'адрес, как его показывает pnpm orcestator workers', isRequired: true }],
};

export const unregisterCommand: CliCommand = {
  name: 'unregister',
  summary: 'убрать воркер',
  run: async (argv, context) => {
    const loaded = loadSettings(description, controllerCallOptions, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    const calls = createControllerCalls(loaded.config);
    return printOutcome(context, () => remove(calls, loaded.operands[0] ?? ''));
  },
};

async function remove(calls: ControllerCalls, url: string): Promise<string> {
  const address = readAddress(url);
  const workers = await workersOf(calls);
  const answer = await calls.post(controllerPaths.removeWorker, { worker_name: address });
  if (!isRecord(answer) || answer.exist !== true) {
    const names = [...workers.keys()].join(', ') || 'ни одного';
    throw new CommandError(`Такого воркера нет: ${address}. Есть: ${names}.`);
  }
  const returns = workers.get(address)
    ? ' Он сам шлёт сигналы и скоро вернётся: чтобы не вернулся, остановите его.'
    : '';
  return `Убран ${address}.${returns}`;
}

/** Address → whether that worker sends heart beats. */
async function workersOf(calls: ControllerCalls): Promise<Map<string, boolean>> {
  const { workers = [] } = (await listWorkers(calls)) ?? {};
  return new Map(workers.map(({ worker_name: name, check_heart_beat: beats }) => [name, beats]));
}
