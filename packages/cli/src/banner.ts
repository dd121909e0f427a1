/** What a user reads once everything runs: addresses, a first request, the Copilot settings. */
import type { StackConfig } from './config';

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
  const base = `http://localhost:${config.port}`;
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
    'VS Code Copilot: команда «Chat: Open Language Models (JSON)», вставить и перезагрузить окно:',
    ...copilotSettings(base)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    'Остановить: Ctrl+C',
    RULE,
  ].join('\n');
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

/** An entry of `chatLanguageModels.json` for VS Code's Custom Endpoint. */
export function copilotSettings(base: string): string {
  const model = {
    id: 'orcestator',
    name: 'Orcestator',
    url: `${base}/v1/chat/completions`,
    toolCalling: true,
    vision: true,
    maxInputTokens: 128_000,
    maxOutputTokens: 16_000,
  };
  const group = {
    name: 'Orcestator',
    vendor: 'customendpoint',
    apiType: 'chat-completions',
    models: [model],
  };
  return JSON.stringify([group], null, 2);
}
