/** `start` and `demo`: all services in one terminal, until Ctrl+C. */
import { isRecord, isStringArray } from '@orcestator/protocol';
import { createJsonClient, HttpStatusError } from '@orcestator/service-kit';
import { banner } from '../banner';
import type { CliCommand, CommandContext } from '../command';
import { stackTable, type StackConfig } from '../config';
import { loadSettings } from '../load-settings';
import { stackOf } from '../stack';
import { Supervisor } from '../supervisor';

/** Milliseconds for the worker to register once every port is open. */
const READY_TIMEOUT_MS = 20_000;
const ASK_EVERY_MS = 50;

export const startCommand: CliCommand = {
  name: 'start',
  summary: 'запустить всё в одном окне',
  run: runStack({
    name: 'orcestator start',
    description:
      'Запускает контроллер, воркер и API-сервер в одном окне; остальные настройки — в .env (docs/config.md).',
    isDemo: false,
  }),
};

export const demoCommand: CliCommand = {
  name: 'demo',
  summary: 'то же с симулятором OpenRouter, без ключа',
  run: runStack({
    name: 'orcestator demo',
    description: 'То же, но вместо OpenRouter — встроенный симулятор: ключ не нужен, денег не стоит.',
    isDemo: true,
  }),
};

interface StackCommand {
  readonly name: string;
  readonly description: string;
  readonly isDemo: boolean;
}

function runStack(command: StackCommand): CliCommand['run'] {
  return async (argv, context) => {
    const loaded = loadSettings(command, stackTable, argv, context);
    return loaded.ok ? runServices(loaded.config, command.isDemo, context) : loaded.exitCode;
  };
}

function runServices(config: StackConfig, isDemo: boolean, context: CommandContext): Promise<number> {
  const { env, isTerminal, stdout } = context;
  const write = (line: string): void => void stdout.write(`${line}\n`);
  const supervisor = new Supervisor({ specs: stackOf(config, isDemo), env, isTerminal, write });
  stopOnSignals(supervisor, write);
  supervisor.start();
  void announce(supervisor, config, isDemo, write);
  return supervisor.ended;
}

async function announce(
  supervisor: Supervisor,
  config: StackConfig,
  isDemo: boolean,
  write: (line: string) => void,
): Promise<void> {
  await supervisor.listening;
  const models = await waitForModels(`http://127.0.0.1:${config.port}/health`, () => supervisor.isStopping);
  if (supervisor.isStopping) return;
  if (models) write(banner({ config, isDemo, platform: process.platform, models }));
  else
    write(
      'Воркер не зарегистрировался у контроллера; причина — в строках worker выше. Сервисы продолжают работать.',
    );
}

async function waitForModels(url: string, isOver: () => boolean): Promise<string[] | undefined> {
  const client = createJsonClient(2_000);
  for (const end = Date.now() + READY_TIMEOUT_MS; Date.now() < end && !isOver();) {
    const answer = await client
      .get(url)
      .catch((error: unknown) => (error instanceof HttpStatusError ? error.body : undefined));
    if (isRecord(answer) && answer.status === 'ok' && isStringArray(answer.models)) return answer.models;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return undefined;
}

function stopOnSignals(supervisor: Supervisor, write: (line: string) => void): void {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    if (stoppingSince === undefined) {
      stoppingSince = Date.now();
      write('Останавливаю (ещё раз Ctrl+C — немедленно) …');
      supervisor.stop(0);
    } else if (Date.now() - stoppingSince > 1_000) {
      // A launcher may pass one Ctrl+C on twice; only a later one is meant.
      supervisor.kill();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, stop);
}
