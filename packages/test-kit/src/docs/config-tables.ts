/** The settings of all processes, as the documents group them. */
import { apiServerDefinition } from '@orcestator/api-server';
import { stackTable } from '@orcestator/cli';
import { controllerDefinition } from '@orcestator/controller';
import { simulatorDefinition } from '@orcestator/openrouter-simulator';
import { commonOptions, type ConfigOption } from '@orcestator/service-kit';
import { workerDefinition } from '@orcestator/worker';

export type AnyOption = ConfigOption<unknown>;
type AnyTable = Readonly<Record<string, AnyOption>>;

/** A group of settings under one heading. */
export interface ConfigSection {
  readonly title: string;
  /** How the process is started; shown below the heading. */
  readonly command?: string;
  readonly options: readonly AnyOption[];
}

/** The settings nearly everybody needs, in this order. */
export const mainVariables = [
  'OR_HOST',
  'OR_PORT',
  'OR_API_KEY',
  'OR_DEFAULT_MODEL',
  'OR_LOG_FILE',
  'OR_DB_PATH',
  'OR_LOG_LEVEL',
] as const;

const processes: readonly { title: string; command: string; table: AnyTable }[] = [
  { title: 'API-сервер', command: 'pnpm api', table: apiServerDefinition.table },
  { title: 'Воркер', command: 'pnpm worker', table: workerDefinition.table },
  { title: 'Контроллер', command: 'pnpm controller', table: controllerDefinition.table },
  { title: 'Симулятор OpenRouter', command: 'pnpm simulator', table: simulatorDefinition.table },
  { title: 'Всё в одном окне', command: 'pnpm start, pnpm demo', table: stackTable },
];

/** The option behind a variable; of several services the first one's. */
export function findOption(variable: string): AnyOption | undefined {
  return processes
    .flatMap(({ table }) => Object.values(table))
    .find((option) => option.env?.includes(variable));
}

/** The main settings, those of every service, then each process with what is its own. */
export function configSections(): ConfigSection[] {
  const common: AnyTable = commonOptions;
  return [
    { title: 'Главные', options: mainVariables.map(requireOption) },
    { title: 'Общие для всех сервисов', options: Object.values(common) },
    ...processes.map(({ title, command, table }) => ({
      title,
      command,
      options: Object.entries(table).flatMap(([key, option]) => (common[key] === option ? [] : [option])),
    })),
  ];
}

/** Every environment variable that some process reads. */
export function allVariables(): Set<string> {
  return new Set(configSections().flatMap(({ options }) => options.flatMap(({ env }) => env ?? [])));
}

/** The default as a user would write it; empty where there is none, or where it must not be seen. */
export function writtenDefault({ default: value, isSecret }: AnyOption): string {
  if (isSecret || value === undefined) return '';
  const words = (Array.isArray(value) ? value : [value]) as (string | number | boolean)[];
  return words.join(',');
}

/** How documents show a default: its value, or what the table says of it. */
export function shownDefault(option: AnyOption): string {
  return option.defaultText ?? (option.isSwitch ? 'выключено' : writtenDefault(option));
}

function requireOption(variable: string): AnyOption {
  const option = findOption(variable);
  if (!option) throw new Error(`no process reads ${variable}`);
  return option;
}
