/** Settings of `orcestator copilot`: what the services read of the gateway and the upstream, and where to write. */
import { apiServerTable } from '@orcestator/api-server';
import { defineConfig, parsers } from '@orcestator/service-kit';
import { workerTable } from '@orcestator/worker';
import { stackTable } from '../config';
import { shells, type Shell } from './cli-environment';
import { productIds } from './user-folders';

export const targets = ['vscode', 'cli', 'legacy'] as const;
export type Target = (typeof targets)[number];

/** Where the upstream is and how to reach it. */
export interface UpstreamAccess {
  baseUrl: string;
  apiKey: string;
  httpsProxy: string;
  httpProxy: string;
  noProxy: string;
}

export interface CopilotConfig extends UpstreamAccess {
  host: string;
  port: number;
  simulatorPort: number;
  clientKeys: string[];
  defaultModel: string;
  target: Target;
  url: string;
  models: string[];
  allModels: boolean;
  demo: boolean;
  withKey: boolean;
  write: boolean;
  dryRun: boolean;
  remove: boolean;
  userDir: string;
  product: string;
  profile: string;
  shell: Shell | undefined;
}

const isSwitch = { parse: parsers.boolean, default: false, isSwitch: true } as const;

export const upstreamAccess = {
  baseUrl: workerTable.baseUrl,
  apiKey: workerTable.apiKey,
  httpsProxy: workerTable.httpsProxy,
  httpProxy: workerTable.httpProxy,
  noProxy: workerTable.noProxy,
} as const;

export const copilotTable = defineConfig<CopilotConfig>({
  target: {
    flags: ['target'],
    help: 'для кого: vscode — VS Code, cli — GitHub Copilot CLI, legacy — старые ключи settings.json',
    parse: parsers.oneOf(targets),
    default: 'vscode',
  },
  write: {
    flags: ['write'],
    help: 'записать, а не только показать; прежний файл остаётся рядом',
    ...isSwitch,
  },
  dryRun: {
    flags: ['dry-run'],
    help: 'показать, что изменит --write или --remove, и ничего не писать',
    ...isSwitch,
  },
  remove: { flags: ['remove'], help: 'убрать то, что записано раньше', ...isSwitch },
  userDir: {
    flags: ['user-dir'],
    help: 'папка User у VS Code',
    parse: parsers.text,
    default: '',
    defaultText: 'найдётся сама',
  },
  product: {
    flags: ['product'],
    help: `если VS Code несколько: ${productIds.join(', ')}`,
    parse: (value) => parsers.oneOf(productIds)(value),
    default: '',
  },
  profile: {
    flags: ['profile'],
    help: 'имя профиля VS Code; default — основной',
    parse: parsers.text,
    default: '',
  },
  models: {
    flags: ['models'],
    help: 'другие модели через запятую, вдобавок к orcestator, например anthropic/claude-sonnet-4.5',
    parse: parsers.list,
    default: [],
  },
  allModels: { flags: ['all-models'], help: 'и все модели, которые отдаёт работающий шлюз', ...isSwitch },
  demo: { flags: ['demo'], help: 'спрашивать о модели симулятор (при работающем demo)', ...isSwitch },
  withKey: {
    flags: ['with-key'],
    help: 'вписать первый ключ из OR_CLIENT_KEYS; он будет лежать в файле открыто',
    ...isSwitch,
  },
  shell: {
    flags: ['shell'],
    help: 'для --target cli: bash, powershell или cmd',
    parse: parsers.oneOf(shells),
    default: undefined,
    defaultText: 'powershell в Windows, иначе bash',
  },
  url: {
    flags: ['url'],
    help: 'адрес шлюза',
    parse: parsers.httpUrl,
    default: '',
    defaultText: 'http://localhost:<OR_PORT>',
  },
  host: apiServerTable.host,
  port: apiServerTable.port,
  clientKeys: { ...apiServerTable.clientKeys, flags: undefined },
  simulatorPort: stackTable.simulatorPort,
  defaultModel: workerTable.defaultModel,
  ...upstreamAccess,
});

export function checkCopilotConfig(config: Readonly<CopilotConfig>): string[] {
  const problems: string[] = [];
  if (config.write && config.remove) problems.push('--write and --remove: only one of them can be done');
  if (config.withKey && config.clientKeys.length === 0)
    problems.push('--with-key: OR_CLIENT_KEYS is empty, so the gateway needs no key; leave --with-key out');
  if (config.userDir !== '' && (config.product !== '' || config.profile !== ''))
    problems.push('--user-dir: names the folder already; leave --product and --profile out');
  return problems;
}
