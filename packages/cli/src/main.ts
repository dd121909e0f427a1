#!/usr/bin/env node
/** The `orcestator` command. */
import { translateTitle } from '@orcestator/service-kit';
import { Command } from 'commander';
import type { CommandContext } from './command';
import { commands } from './commands';

const program = new Command('orcestator')
  .description('Локальный шлюз OpenAI для VS Code Copilot: контроллер, воркер и API-сервер.')
  .version('0.1.0', '-V, --version', 'показать версию')
  .helpOption('-h, --help', 'показать эту справку')
  .helpCommand(false)
  .usage('<команда> [параметры]')
  .configureHelp({
    helpWidth: 110,
    styleTitle: translateTitle,
    subcommandTerm: (command) => command.name(),
  })
  .addHelpText('after', '\nСправка по одной команде: orcestator <команда> --help');

function createContext(): CommandContext {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return {
    env: process.env,
    folder: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    isTerminal: process.stdout.isTTY && !process.env.NO_COLOR,
    columns: process.stdout.columns || 100,
    signal: interrupted.signal,
  };
}

for (const command of commands) {
  program
    .command(command.name)
    .summary(command.summary)
    // The table of settings reads the flags, so that all problems are told at once and --help shows the variables.
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[arguments...]')
    .action(async (rest: string[]) => {
      process.exitCode = await command.run(rest, createContext());
      // A child's pipe or a kept-alive connection may still be open; nothing of value is left to wait for.
      process.stdout.write('', () => process.exit());
    });
}

/** `help NAME` is `NAME --help`: each subcommand makes its own help from its table of settings. */
function withoutHelpWord([first, ...rest]: readonly string[]): string[] {
  if (first !== 'help') return first === undefined ? [] : [first, ...rest];
  return [...rest.slice(0, 1), '--help'];
}

void program.parseAsync(withoutHelpWord(process.argv.slice(2)), { from: 'user' });
