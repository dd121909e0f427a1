/** `orcestator copilot`: prints or writes what VS Code and Copilot CLI need to find the gateway. */
import { createRedact, errorCodeOf } from '@orcestator/service-kit';
import type { CliCommand, CommandContext } from '../command';
import { chooseFolder } from '../copilot/choose-folder';
import { collectModels, NoGatewayError } from '../copilot/collect-models';
import { checkCopilotConfig, copilotTable, type CopilotConfig } from '../copilot/config';
import { UnreadableFileError } from '../copilot/edit-file';
import { printed, type Wanted } from '../copilot/printed';
import { applyPlans, cliPlans, vscodePlans } from '../copilot/write';
import { gatewayAddress, withoutPath } from '../gateway-address';
import { loadSettings } from '../load-settings';
import { folderSources, thisMachine, type Machine } from '../machine';
import { createLocalClient, createUpstreamClient } from '../upstream-client';

const description = {
  name: 'orcestator copilot',
  description:
    'Готовит настройки Copilot для этого шлюза: показывает их, а с --write записывает. Остальное в файлах не меняется.',
  epilogue: `Примеры:
  npx --yes pnpm@12 orcestator copilot                     показать
  npx --yes pnpm@12 orcestator copilot --write             записать в настройки VS Code
  npx --yes pnpm@12 orcestator copilot --target cli        переменные для GitHub Copilot CLI
Подробности: docs/copilot.md
`,
};

export function createCopilotCommand(
  machineOf: (env: NodeJS.ProcessEnv) => Machine = thisMachine,
): CliCommand {
  return {
    name: 'copilot',
    summary: 'настроить VS Code Copilot и Copilot CLI',
    run: async (argv, context) => {
      const loaded = loadSettings(description, copilotTable, argv, context, checkCopilotConfig);
      if (!loaded.ok) return loaded.exitCode;
      try {
        return await configure(loaded.config, context, machineOf(context.env));
      } catch (error) {
        context.stderr.write(`${explained(error)}\n`);
        return 1;
      }
    },
  };
}

/** Errors of ours say it themselves; those of the file system have a code. Any other is thrown on. */
function explained(error: unknown): string {
  if (error instanceof UnreadableFileError || error instanceof NoGatewayError) return error.message;
  if (!/^E[A-Z]+$/.test(errorCodeOf(error))) throw error;
  const { message } = error as Error;
  return `Файл не удалось прочитать или записать: ${message}. Проверьте права и место на диске.`;
}

export const copilotCommand = createCopilotCommand();

async function configure(
  config: Readonly<CopilotConfig>,
  context: CommandContext,
  machine: Machine,
): Promise<number> {
  const { stdout, stderr } = context;
  const say = (line: string): void => void stdout.write(`${line}\n`);
  const isWriting = config.write || config.remove || config.dryRun;
  const wanted = await whatIsWanted(config, machine);
  for (const note of wanted.notes) stderr.write(`! ${note}\n`);
  if (!isWriting) {
    say(printed(config.target, wanted));
    return 0;
  }
  const redact = createRedact([...config.clientKeys, config.apiKey]);
  const apply = { say, redact, now: machine.now(), isDry: config.dryRun };
  if (config.target === 'cli') return applyPlans(cliPlans(wanted, machine, config.remove), apply);
  const folder = chooseFolder(config, folderSources(machine, context.env));
  if (!folder.ok) {
    stderr.write(`${folder.text}\n`);
    return 1;
  }
  return applyPlans(vscodePlans(folder.path, config.target, wanted, config.remove), apply);
}

/** Everything that is known before a file is looked at. Removing needs no network. */
async function whatIsWanted(config: Readonly<CopilotConfig>, machine: Machine): Promise<Wanted> {
  const gateway = config.url === '' ? gatewayAddress(config.host, config.port) : withoutPath(config.url);
  const shell = config.shell ?? (machine.platform === 'win32' ? 'powershell' : 'bash');
  const key = config.withKey ? config.clientKeys[0] : undefined;
  const needsKey = config.clientKeys.length > 0;
  if (config.remove) return { gateway, shell, key, needsKey, models: [], notes: [] };
  const sources = { upstream: createUpstreamClient(config), local: createLocalClient() };
  try {
    const { models, notes } = await collectModels(config, gateway, sources);
    return { gateway, shell, key, needsKey, models, notes: [...notes, ...keyNotes(config)] };
  } finally {
    await Promise.all([sources.upstream.close(), sources.local.close()]);
  }
}

function keyNotes({ withKey, clientKeys, target }: Readonly<CopilotConfig>): string[] {
  if (withKey)
    return [
      'Ключ из OR_CLIENT_KEYS будет лежать в файле открытым текстом: не показывайте и не отправляйте этот файл никому.',
    ];
  if (clientKeys.length === 0) return [];
  const where =
    target === 'cli' ? 'задайте сами COPILOT_PROVIDER_API_KEY' : 'введите его в «Manage Language Models»';
  return [`Шлюз ждёт ключ (OR_CLIENT_KEYS), в настройки он не вписан: ${where} или повторите с --with-key.`];
}
