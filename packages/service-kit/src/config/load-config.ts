/** One table → flags over environment over `.env` over defaults → a frozen object, or all problems at once. */
import { Command, CommanderError, Option } from 'commander';
import { createRedact } from '../secrets';
import { optionLabel, type ConfigOption, type ConfigTable } from './option';

/** What the world tells a process: given, never read from globals here. */
export interface ConfigSources {
  /** Arguments after the script's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables of the `.env` file; weaker than `env`. */
  readonly dotEnv: Readonly<Record<string, string | undefined>>;
}

/** What a command is called and what its help says (Russian). */
export interface CommandDescription {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Shown below the options, with an example. */
  readonly epilogue?: string;
  /** Words without a dash that the command takes, in order; none by default. */
  readonly operands?: readonly Operand[];
}

/** A word such as the id in `orcestator show ID`. */
export interface Operand {
  /** Shown in the usage line (Russian, as all help texts). */
  readonly name: string;
  readonly help: string;
  readonly isRequired?: boolean;
}

/** Either a configuration, or a text to print and the exit code that goes with it (`--help`, or problems). */
export type LoadedConfig<C> =
  | { readonly ok: true; readonly config: Readonly<C>; readonly operands: readonly string[] }
  | { readonly ok: false; readonly exitCode: 0; readonly output: string }
  | {
      readonly ok: false;
      readonly exitCode: 2;
      readonly problems: readonly string[];
      readonly output: string;
    };

/** Rules over several settings; each text is a problem with its remedy. */
export type ConfigCheck<C> = (config: Readonly<C>) => string[];

export function loadConfig<C extends object>(
  description: CommandDescription,
  table: ConfigTable<C>,
  sources: ConfigSources,
  check: ConfigCheck<C> = () => [],
): LoadedConfig<C> {
  const problems: string[] = [];
  const flags = readFlags(description, table, sources.argv, problems);
  if ('help' in flags) return { ok: false, exitCode: 0, output: flags.help };

  const config = {} as C;
  for (const key of Object.keys(table) as (keyof C & string)[]) {
    config[key] = readValue(table[key], flags.values.get(key), sources, problems);
  }
  Object.freeze(config);
  if (problems.length === 0) problems.push(...check(config));
  if (problems.length === 0) return { ok: true, config, operands: flags.operands };
  return { ok: false, exitCode: 2, problems, output: formatProblems(description, problems) };
}

function formatProblems(description: CommandDescription, problems: readonly string[]): string {
  const lines = problems.map((problem) => `  - ${problem.replaceAll('\n', '\n    ')}`);
  return `${description.name} cannot start:\n${lines.join('\n')}\nAll settings: --help\n`;
}

function readFlags<C extends object>(
  description: CommandDescription,
  table: ConfigTable<C>,
  argv: readonly string[],
  problems: string[],
): { help: string } | { values: Map<string, string>; operands: string[] } {
  const values = new Map<string, string>();
  const command = buildCommand(description, table, values);
  let words: Words = { operands: [], unknown: [] };
  try {
    words = splitWords(command.parseOptions([...argv]), description);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Only the last flag can lack its value: all before it are read again without it.
    problems.push(`${labelOf(table, argv.at(-1) ?? '')}: the value is missing`);
    words = splitWords(command.parseOptions(argv.slice(0, -1)), description);
  }
  if (argv.includes('--help') || argv.includes('-h')) return { help: helpTextOf(command) };
  if (argv.includes('--version') || argv.includes('-V')) return { help: `${description.version}\n` };
  problems.push(...nameUnknown(words.unknown).map((word) => `unknown argument: ${word}`));
  const missing = description.operands?.[words.operands.length];
  if (missing?.isRequired) problems.push(`${missing.name} is missing: ${missing.help}`);
  return { values, operands: words.operands };
}

interface Words {
  readonly operands: string[];
  readonly unknown: string[];
}

/** The operands that the command takes, and the words that it does not know. */
function splitWords(parsed: Words, { operands = [] }: CommandDescription): Words {
  return {
    operands: parsed.operands.slice(0, operands.length),
    unknown: [...parsed.operands.slice(operands.length), ...parsed.unknown],
  };
}

function labelOf<C extends object>(table: ConfigTable<C>, word: string): string {
  const options = Object.values<ConfigOption<unknown>>(table);
  const option = options.find(({ flags }) => flags?.some((flag) => word === `--${flag}`));
  return option ? optionLabel(option) : word;
}

/** Unknown flags without their values, which may be secrets: `--api-key sk-…` where only a variable is right. */
function nameUnknown(words: readonly string[]): string[] {
  const isFlag = (word: string | undefined): boolean => word?.startsWith('-') === true && word !== '--';
  const isValue = (index: number): boolean => isFlag(words[index - 1]) && !words[index - 1]?.includes('=');
  const redact = createRedact();
  return words
    .filter((word, index) => word !== '--' && (isFlag(word) || !isValue(index)))
    .map((word) => redact(isFlag(word) ? word.replace(/=.*$/s, '') : word));
}

function buildCommand<C extends object>(
  description: CommandDescription,
  table: ConfigTable<C>,
  values: Map<string, string>,
): Command {
  const { operands = [] } = description;
  const command = new Command(description.name)
    .description(description.description)
    .usage(['[параметры]', ...operands.map(usageOf)].join(' '))
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption('-h, --help', 'показать эту справку')
    .configureHelp({ helpWidth: 110, styleTitle: translateTitle });
  for (const [key, option] of Object.entries<ConfigOption<unknown>>(table)) {
    option.flags?.forEach((flag, index) => {
      const spelling = new Option(option.isSwitch ? `--${flag}` : `--${flag} <value>`, helpOf(option));
      command.addOption(index === 0 ? spelling : spelling.hideHelp());
      command.on(`option:${flag}`, (value: string | null) => values.set(key, value ?? 'true'));
    });
  }
  if (operands.length > 0)
    command.addHelpText('after', `\nАргументы:\n${operands.map(operandLine).join('\n')}`);
  const variables = Object.values<ConfigOption<unknown>>(table).filter((option) => !option.flags);
  const rows = variables.map((option) => `  ${(option.env?.[0] ?? '').padEnd(36)}  ${helpOf(option)}`);
  if (rows.length > 0) command.addHelpText('after', `\nТолько переменные среды:\n${rows.join('\n')}`);
  if (description.epilogue) command.addHelpText('after', `\n${description.epilogue}`);
  return command;
}

function usageOf({ name, isRequired }: Operand): string {
  return isRequired ? `<${name}>` : `[${name}]`;
}

function operandLine({ name, help }: Operand): string {
  return `  ${name.padEnd(36)}  ${help}`;
}

/** `helpInformation()` would leave out what `addHelpText` has added. */
function helpTextOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (part) => void (help += part) }).outputHelp();
  return help;
}

/** Commander's titles in the language of the help texts. */
export function translateTitle(title: string): string {
  const titles: Record<string, string> = {
    'Usage:': 'Вызов:',
    'Options:': 'Параметры:',
    'Commands:': 'Команды:',
  };
  return titles[title] ?? title;
}

function helpOf(option: ConfigOption<unknown>): string {
  const facts = [option.env && option.flags && `переменная ${option.env[0]}`, defaultOf(option)].filter(
    Boolean,
  );
  return facts.length > 0 ? `${option.help} (${facts.join('; ')})` : option.help;
}

function defaultOf(option: ConfigOption<unknown>): string | undefined {
  const shown = option.defaultText ?? (option.isSecret ? '' : plainText(option.default));
  return shown === '' || option.isSwitch ? undefined : `по умолчанию ${shown}`;
}

function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).join(',');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

function readValue<T>(
  option: ConfigOption<T>,
  flag: string | undefined,
  sources: ConfigSources,
  problems: string[],
): T {
  const given = flag ?? fromVariables(option, sources.env) ?? fromVariables(option, sources.dotEnv);
  if (given === undefined) return option.default;
  try {
    return option.parse(given);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`${optionLabel(option)}: ${option.isSecret ? 'the value is not valid' : reason}`);
    return option.default;
  }
}

/** An empty variable counts as absent: docker compose passes `""` for an unset one. */
function fromVariables(option: ConfigOption<unknown>, variables: ConfigSources['env']): string | undefined {
  return option.env
    ?.map((name) => variables[name])
    .find((value) => value !== undefined && value.trim() !== '');
}
