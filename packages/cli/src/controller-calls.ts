/** What the commands about workers share: the settings that lead to a controller, its calls, and their failures in plain words. */
import {
  controllerPaths,
  isRecord,
  parseListWorkersAnswer,
  readErrorMessage,
  type ListWorkersAnswer,
} from '@orcestator/protocol';
import {
  commonOptions,
  controllerHeaders,
  controllerUrlOf,
  controllerUrlOptions,
  createJsonClient,
  defineConfig,
  HttpStatusError,
  networkFailureOf,
  type ControllerUrlConfig,
} from '@orcestator/service-kit';
import type { CommandContext } from './command';

/** Settings of a command that speaks to a controller. */
export interface ControllerCallConfig extends ControllerUrlConfig {
  clusterSecret: string;
}

export const controllerCallOptions = defineConfig<ControllerCallConfig>({
  ...controllerUrlOptions,
  clusterSecret: commonOptions.clusterSecret,
});

/** Milliseconds; the controller itself waits up to 5 s for each of two questions to a worker. */
const CALL_TIMEOUT = 15_000;

/** A failure whose message is for the user (Russian, as everything that commands print). */
export class CommandError extends Error {}

/** Prints what the work says, or why it failed; resolves with the exit code. */
export async function printOutcome(
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
  work: () => Promise<string>,
): Promise<number> {
  try {
    stdout.write(`${await work()}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}

export interface ControllerCalls {
  readonly url: string;
  /** Throws {@link CommandError}; `undefined` where the controller has no such path. */
  post(path: string, body?: object): Promise<unknown>;
}

export function createControllerCalls(config: Readonly<ControllerCallConfig>): ControllerCalls {
  const url = controllerUrlOf(config);
  const client = createJsonClient(CALL_TIMEOUT);
  const headers = controllerHeaders(config.clusterSecret);
  return {
    url,
    post: async (path, body = {}) => {
      try {
        return (await client.post(url + path, body, { headers })) ?? null;
      } catch (error) {
        if (error instanceof HttpStatusError && error.status === 404) return undefined;
        throw new CommandError(explain(error, url), { cause: error });
      }
    },
  };
}

/** The list of workers; `undefined` at a controller that has none to show (FastChat's). */
export async function listWorkers(calls: ControllerCalls): Promise<ListWorkersAnswer | undefined> {
  const answer = await calls.post(controllerPaths.listWorkers);
  if (answer === undefined) return undefined;
  try {
    return parseListWorkersAnswer(answer);
  } catch (cause) {
    throw new CommandError(notAController(calls.url), { cause });
  }
}

export function notAController(url: string): string {
  return `По адресу ${url} отвечает не контроллер. Проверьте --controller-address / OR_CONTROLLER_URL.`;
}

/** What to do about a worker that the controller cannot use, by `error.code` of its answer. */
const remedies: Readonly<Record<string, string>> = {
  worker_unreachable:
    'Проверьте, что сервер запущен и что контроллер достаёт до него по этому адресу (из контейнера localhost — это сам контейнер).',
  worker_without_models:
    'Загрузите модель (например, ollama pull llama3) или назовите модели сами: --model-names имя1,имя2.',
  worker_wants_key:
    'Серверу нужен ключ. Поставьте перед ним воркер: OR_API_KEY=ключ npx --yes pnpm@12 worker --port 8003 --base-url <адрес>/v1 --model-names <модель>.',
  worker_secret_differs: 'Задайте всем сервисам один и тот же OR_CLUSTER_SECRET.',
  worker_not_recognised:
    'По этому адресу нет ни воркера FastChat, ни сервера OpenAI. Нужна часть адреса перед /v1, например http://localhost:11434.',
};

function explain(error: unknown, url: string): string {
  if (!(error instanceof HttpStatusError)) {
    return networkFailureOf(error) === 'timeout'
      ? `Контроллер ${url} не отвечает вовремя.`
      : `Контроллер не отвечает по адресу ${url}. Запустите его (npx --yes pnpm@12 controller или start) или укажите адрес: --controller-address.`;
  }
  if (error.status === 403 || error.status === 401) {
    return `Контроллер ${url} не признаёт эту команду: задайте ей тот же OR_CLUSTER_SECRET, что и сервисам (переменная среды или .env).`;
  }
  const body = isRecord(error.body) ? error.body : {};
  const code = isRecord(body.error) ? String(body.error.code) : '';
  const message = readErrorMessage(body) ?? `Контроллер ${url} ответил ${error.status}.`;
  return [message, remedies[code]].filter(Boolean).join('\n');
}
