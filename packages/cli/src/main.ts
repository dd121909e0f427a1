#!/usr/bin/env node
/** The `orcestator` command. */
import { Command } from 'commander';
import { runStack } from './run-stack';

const program = new Command('orcestator')
  .description('Локальный шлюз OpenAI для VS Code Copilot: контроллер, воркер и API-сервер.')
  .version('0.1.0', '-V, --version', 'показать версию')
  .helpOption('-h, --help', 'показать эту справку')
  .helpCommand('help [command]', 'справка по команде');

const commands = {
  start: 'запустить всё в одном окне',
  demo: 'то же с симулятором OpenRouter, без ключа',
} as const;

for (const [name, summary] of Object.entries(commands) as [keyof typeof commands, string][]) {
  program
    .command(name)
    .summary(summary)
    // The table of settings reads the flags, so that all problems are told at once and --help shows the variables.
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[arguments...]')
    .action(async (rest: string[]) => {
      process.exitCode = await runStack(name, rest);
      // The children's pipes may still be open for a moment; nothing of value is left to wait for.
      process.exit();
    });
}

void program.parseAsync();
