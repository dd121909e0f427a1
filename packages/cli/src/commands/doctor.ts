/** `orcestator doctor`: looks at everything the gateway needs and says what to mend. */
import { systemClock } from '@orcestator/service-kit';
import type { CliCommand, CommandContext } from '../command';
import type { DoctorCheck } from '../doctor/check';
import { checks } from '../doctor/checks';
import { doctorFlags } from '../doctor/config';
import { createWorld } from '../doctor/create-world';
import { countOf, hasUnicode, render, renderJson } from '../doctor/render';
import { runChecks } from '../doctor/run-checks';
import { loadSettings } from '../load-settings';
import { thisMachine, type Machine } from '../machine';
import { createLocalClient, createUpstreamClient } from '../upstream-client';

const description = {
  name: 'orcestator doctor',
  description:
    'Проверяет всё, что нужно шлюзу, и говорит, что исправить. Ничего не меняет, ключей не показывает.',
  epilogue: `Код выхода: 0 — неполадок нет, 1 — есть, 2 — неверные параметры.
Пример: npx --yes pnpm@12 orcestator doctor
`,
};

export function createDoctorCommand(
  machineOf: (env: NodeJS.ProcessEnv) => Machine = thisMachine,
): CliCommand {
  return {
    name: 'doctor',
    summary: 'проверить, что всё настроено и работает',
    run: async (argv, context) => {
      const loaded = loadSettings(description, doctorFlags, argv, context);
      if (!loaded.ok) return loaded.exitCode;
      const machine = machineOf(context.env);
      const local = createLocalClient();
      const { userDir } = loaded.config;
      const world = createWorld({ context, machine, upstream: createUpstreamClient, local, userDir });
      const progress = createProgress(context, loaded.config.json);
      const results = await runChecks(checks, world, { clock: systemClock, onProgress: progress.show });
      progress.clear();
      const { isTerminal, stdout } = context;
      const look = {
        hasColours: isTerminal,
        hasUnicode: isTerminal && hasUnicode(context.env, machine.platform),
      };
      stdout.write(`${loaded.config.json ? renderJson(results) : render(results, look)}\n`);
      const { problems, warnings } = countOf(results);
      return problems > 0 || (loaded.config.strict && warnings > 0) ? 1 : 0;
    },
  };
}

export const doctorCommand = createDoctorCommand();

const ERASE_LINE = '\r\u001b[K';

/** One line that is written over, on a terminal only. */
function createProgress({ isTerminal, stdout, columns }: CommandContext, isJson: boolean) {
  const isShown = isTerminal && !isJson;
  return {
    show: (running: readonly DoctorCheck[]): void => {
      const text = `Проверяю: ${running.map(({ title }) => title).join(', ')} …`;
      if (isShown && running.length > 0) stdout.write(ERASE_LINE + text.slice(0, columns - 1));
    },
    clear: (): void => void (isShown && stdout.write(ERASE_LINE)),
  };
}
