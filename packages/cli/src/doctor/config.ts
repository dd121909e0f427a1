/** Settings of `orcestator doctor`: its own flags, and what it reads of the services' settings, wrong ones included. */
import { apiServerDefinition, apiServerTable } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { simulatorDefinition } from '@orcestator/openrouter-simulator';
import {
  controllerUrlOptions,
  defineConfig,
  loadConfig,
  parsers,
  type CommandDescription,
  type ConfigOption,
  type ConfigSources,
  type ConfigTable,
} from '@orcestator/service-kit';
import { workerDefinition, workerTable } from '@orcestator/worker';
import { stackTable } from '../config';
import { upstreamAccess, type UpstreamAccess } from '../copilot/config';

export interface DoctorFlags {
  json: boolean;
  strict: boolean;
  userDir: string;
}

export const doctorFlags = defineConfig<DoctorFlags>({
  json: { flags: ['json'], help: 'напечатать JSON', parse: parsers.boolean, default: false, isSwitch: true },
  strict: {
    flags: ['strict'],
    help: 'считать неудачей и предупреждения',
    parse: parsers.boolean,
    default: false,
    isSwitch: true,
  },
  userDir: {
    flags: ['user-dir'],
    help: 'папка User у VS Code',
    parse: parsers.text,
    default: '',
    defaultText: 'найдётся сама',
  },
});

export interface DoctorConfig extends UpstreamAccess {
  host: string;
  port: number;
  clientKeys: string[];
  allowedOrigins: string[];
  controllerUrl: string;
  controllerPort: number;
  workerPort: number;
  defaultModel: string;
  utilityModel: string;
  fallbackModels: string[];
  logFile: string;
  dbPath: string;
}

const table = defineConfig<DoctorConfig>({
  host: apiServerTable.host,
  port: apiServerTable.port,
  clientKeys: apiServerTable.clientKeys,
  allowedOrigins: apiServerTable.allowedOrigins,
  ...controllerUrlOptions,
  workerPort: stackTable.workerPort,
  defaultModel: workerTable.defaultModel,
  utilityModel: workerTable.utilityModel,
  fallbackModels: workerTable.fallbackModels,
  logFile: workerTable.logFile,
  dbPath: workerTable.dbPath,
  ...upstreamAccess,
});

type Variables = ConfigSources['env'];

/** The settings with the default where a value is wrong: a wrong port must not keep the key from being looked at. */
export function readDoctorConfig(env: Variables, dotEnv: Variables): DoctorConfig {
  const config: Record<string, unknown> = {};
  for (const [key, option] of Object.entries<ConfigOption<unknown>>(table)) {
    const given = [env, dotEnv]
      .flatMap((variables) => option.env?.map((name) => variables[name]) ?? [])
      .find((value) => value !== undefined && value.trim() !== '');
    config[key] = given === undefined ? option.default : parsedOr(option, given);
  }
  // Each value comes from the option of its own key.
  return config as unknown as DoctorConfig;
}

function parsedOr({ parse, default: standard }: ConfigOption<unknown>, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return standard;
  }
}

/** What would keep a service from starting, except for the key, which has a check of its own. */
export function settingsProblems(env: Variables, dotEnv: Variables): string[] {
  const sources = { argv: [], env, dotEnv };
  const of = <C extends object>({
    description,
    table: own,
    check,
  }: {
    description: CommandDescription;
    table: ConfigTable<C>;
    check: (config: Readonly<C>) => string[];
  }): readonly string[] => {
    const loaded = loadConfig(description, own, sources, check);
    return !loaded.ok && loaded.exitCode === 2 ? loaded.problems : [];
  };
  const all = [...of(apiServerDefinition), ...of(controllerDefinition), ...of(workerDefinition)];
  return [...new Set(all.filter((text) => !text.includes('OR_API_KEY')))];
}

/** Every variable that some process reads. */
export function knownVariables(): string[] {
  const services = [apiServerDefinition, controllerDefinition, workerDefinition, simulatorDefinition];
  const tables: object[] = [...services.map((definition) => definition.table), stackTable];
  const options = tables.flatMap((rows) => Object.values<ConfigOption<unknown>>({ ...rows }));
  return [...new Set(options.flatMap(({ env }) => env ?? []))];
}
