/** `register`: adds a FastChat worker, a controller or any OpenAI-compatible server (FastChat: `register_worker.py`). */
import {
  controllerPaths,
  isRecord,
  isStringArray,
  readModelIds,
  serverAddressOf,
  workerPaths,
  type ListWorkersAnswer,
  type RegisterWorkerRequest,
  type WorkerEntry,
} from '@orcestator/protocol';
import { createJsonClient, defineConfig, parsers } from '@orcestator/service-kit';
import type { CliCommand } from '../command';
import {
  CommandError,
  controllerCallOptions,
  createControllerCalls,
  listWorkers,
  notAController,
  printOutcome,
  type ControllerCallConfig,
  type ControllerCalls,
} from '../controller-calls';
import { loadSettings } from '../load-settings';
import { modelsOf, stateOf } from '../print-workers';
import { readAddress } from '../read-address';

interface RegisterConfig extends ControllerCallConfig {
  workerName: string;
  modelNames: string[];
  protocol: 'auto' | 'openai' | 'fastchat';
  checkHeartBeat: boolean;
  multimodal: boolean;
}

const registerTable = defineConfig<RegisterConfig>({
  modelNames: {
    flags: ['model-names'],
    help: 'имена моделей через запятую вместо тех, что назовёт сам сервер; под этими именами он получит запросы',
    parse: parsers.list,
    default: [],
    defaultText: 'все модели сервера',
  },
  protocol: {
    flags: ['protocol'],
    help: 'на каком протоколе спрашивать: openai, fastchat или auto — выяснить самому',
    parse: parsers.oneOf(['auto', 'openai', 'fastchat']),
    default: 'auto',
  },
  checkHeartBeat: {
    flags: ['check-heart-beat'],
    help: 'ждать от воркера сигналов вместо опроса; только для воркера, который их шлёт',
    parse: parsers.boolean,
    default: false,
    isSwitch: true,
  },
  multimodal: {
    flags: ['multimodal'],
    help: 'модели понимают картинки (для списка /list_multimodal_models)',
    parse: parsers.boolean,
    default: false,
    isSwitch: true,
  },
  workerName: {
    flags: ['worker-name'],
    help: 'адрес воркера, как его называет FastChat; то же, что URL',
    parse: parsers.text,
    default: '',
  },
  ...controllerCallOptions,
});

const description = {
  name: 'orcestator register',
  description:
    'Добавляет контроллеру воркер FastChat, другой контроллер или сервер OpenAI (Ollama, LM Studio, vLLM, llama.cpp).',
  operands: [{ name: 'URL', help: 'адрес сервера, с /v1 на конце или без: http://localhost:11434' }],
  epilogue: `Примеры:
  pnpm orcestator register http://localhost:11434
  pnpm orcestator register http://localhost:1234/v1 --model-names qwen2.5-coder
Список — pnpm orcestator workers, убрать — pnpm orcestator unregister URL. Подробнее: docs/workers.md.`,
};

export const registerCommand: CliCommand = {
  name: 'register',
  summary: 'добавить воркер или сервер OpenAI (Ollama, LM Studio, vLLM …)',
  run: async (argv, context) => {
    const loaded = loadSettings(description, registerTable, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    const { config, operands } = loaded;
    return printOutcome(context, () => register(readAddress(operands[0] ?? config.workerName), config));
  },
};

async function register(address: string, config: Readonly<RegisterConfig>): Promise<string> {
  const calls = createControllerCalls(config);
  const request: RegisterWorkerRequest = {
    worker_name: address,
    check_heart_beat: config.checkHeartBeat,
    multimodal: config.multimodal,
    ...(config.protocol !== 'auto' && { protocol: config.protocol }),
    ...(config.modelNames.length > 0 && { model_names: config.modelNames }),
  };
  if ((await calls.post(controllerPaths.registerWorker, request)) === undefined)
    throw new CommandError(notAController(calls.url));
  const list = await listWorkers(calls);
  if (!list) return registerAtFastChat(calls, request);
  const worker = list.workers.find(({ worker_name: name }) =>
    [address, serverAddressOf(address)].includes(name),
  );
  if (!worker) throw new CommandError(`Контроллер ${calls.url} не показывает ${address} в списке.`);
  return report(worker, list, config);
}

function report(
  worker: WorkerEntry,
  list: ListWorkersAnswer,
  { modelNames }: Readonly<RegisterConfig>,
): string {
  const models = modelsOf(worker);
  return [
    `Добавлен ${worker.worker_name}`,
    `  модели     ${models || 'пока нет'}${modelNames.length > 0 ? ' (названы вами)' : ''}`,
    `  протоколы  ${worker.protocols.join(', ') || 'пока неизвестны'}`,
    `  состояние  ${stateOf(worker, list.probe_interval)}`,
    ...(worker.asked_by === 'openai'
      ? ['В журнал трафика пишет воркер; запросы к серверу без воркера туда не попадают.']
      : []),
    ...(list.is_kept || worker.check_heart_beat
      ? []
      : [
          'После перезапуска контроллера добавьте заново или задайте контроллеру OR_CONTROLLER_STATE=logs/controller.json.',
        ]),
  ].join('\n');
}

/**
 * FastChat's controller answers 200 whatever happens (F1) and knows no OpenAI-compatible servers: it is told what the
 * server serves.
 */
async function registerAtFastChat(calls: ControllerCalls, request: RegisterWorkerRequest): Promise<string> {
  const client = createJsonClient(5_000);
  const address = serverAddressOf(request.worker_name);
  const ids = readModelIds(await client.get(address + workerPaths.models).catch(() => undefined));
  const names = request.model_names ?? ids ?? [];
  if (names.length > 0 && request.protocol !== 'fastchat') {
    const worker_status = { model_names: names, speed: 1, queue_length: 0, protocols: ['openai'] };
    await calls.post(controllerPaths.registerWorker, { ...request, worker_name: address, worker_status });
  }
  const answer = await calls.post(controllerPaths.listModels);
  const models = isRecord(answer) && isStringArray(answer.models) ? answer.models : [];
  return [
    `Контроллер ${calls.url} — из FastChat: он не говорит, удалось ли. Его модели теперь: ${models.join(', ') || 'нет'}`,
    'Если нужной модели нет, проверьте адрес: этот контроллер до него не достал.',
  ].join('\n');
}
