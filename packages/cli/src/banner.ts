/** What a user reads once everything runs: addresses, a first request, the Copilot settings. */
import { DEFAULT_PORTS } from '@orcestator/protocol';
import type { StackConfig } from './config';
import { assumedModel, modelGroup, toJson } from './copilot/language-models';
import { gatewayAddress } from './gateway-address';

export interface BannerOptions {
  readonly config: StackConfig;
  readonly isDemo: boolean;
  /** `process.platform`: PowerShell users get a PowerShell line. */
  readonly platform: string;
  /** The models that the gateway lists. */
  readonly models: readonly string[];
}

const RULE = '─'.repeat(78);

export function banner({ config, isDemo, platform, models }: BannerOptions): string {
  const base = gatewayAddress(config.host, config.port);
  const title = isDemo
    ? 'Orcestator работает. Это демонстрация: вместо OpenRouter отвечает симулятор, ключ не нужен.'
    : 'Orcestator работает.';
  const addresses = [
    ['API (OpenAI)', `${base}/v1`],
    ['Модели', models.join(', ')],
    ['Состояние', `${base}/health`],
    ['Метрики', `${base}/metrics`],
    ['Контроллер', `http://127.0.0.1:${config.controllerPort}`],
    ['Воркер', `http://127.0.0.1:${config.workerPort}`],
    ...(isDemo ? [['Симулятор', `http://127.0.0.1:${config.simulatorPort}/api/v1`]] : []),
  ];
  return [
    RULE,
    title,
    '',
    ...addresses.map(([name, value]) => `  ${String(name).padEnd(13)} ${value}`),
    '',
    platform === 'win32' ? 'Первый запрос (PowerShell):' : 'Первый запрос:',
    `  ${platform === 'win32' ? powerShellLine(base) : curlLine(base)}`,
    '',
    'VS Code Copilot: в другом окне, потом перезагрузить окно VS Code:',
    `  ${copilotLine(config, isDemo)}`,
    'или вставить самому («Chat: Open Language Models (JSON)»):',
    ...toJson([modelGroup(base, [assumedModel])])
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    'Остановить: Ctrl+C',
    RULE,
  ].join('\n');
}

/** Ports that are not the usual ones must be told: they may have come from flags. */
function copilotLine({ port, simulatorPort }: StackConfig, isDemo: boolean): string {
  const flags = [
    ...(port === DEFAULT_PORTS.apiServer ? [] : [`--port ${port}`]),
    ...(isDemo ? ['--demo'] : []),
    ...(isDemo && simulatorPort !== DEFAULT_PORTS.simulator ? [`--simulator-port ${simulatorPort}`] : []),
    '--write',
  ];
  return `npx --yes pnpm@12 orcestator copilot ${flags.join(' ')}`;
}

/** Works in bash and cmd alike, hence the double quotes and the plain text. */
export function curlLine(base: string): string {
  const body = { model: 'orcestator', stream: true, messages: [{ role: 'user', content: 'Say hello' }] };
  const quoted = JSON.stringify(body).replaceAll('"', '\\"');
  return `curl -N ${base}/v1/chat/completions -H "Content-Type: application/json" -d "${quoted}"`;
}

export function powerShellLine(base: string): string {
  const body = `@{model='orcestator';messages=@(@{role='user';content='Say hello'})} | ConvertTo-Json -Depth 5`;
  return `(Invoke-RestMethod ${base}/v1/chat/completions -Method Post -ContentType 'application/json; charset=utf-8' -Body (${body})).choices[0].message.content`;
}
