/** The worker's settings. */
import { hostname } from 'node:os';
import { DEFAULT_PORTS, ORCESTATOR_MODEL } from '@orcestator/protocol';
import {
  bodyLimitOption,
  checkCommon,
  commonOptions,
  controllerUrlOf,
  controllerUrlOptions,
  defineConfig,
  heartBeatExpirationOption,
  heartBeatIntervalOption,
  parsers,
  type ControllerUrlConfig,
  type ServiceConfig,
} from '@orcestator/service-kit';
import { auditOptions, type AuditConfig } from './config/audit-options';
import { trafficOptions, type TrafficConfig } from './config/traffic-options';
import { isOpenRouter } from './config/upstream-key';
import { upstreamOptions, type UpstreamConfig } from './config/upstream-options';

export interface WorkerConfig
  extends ServiceConfig, ControllerUrlConfig, UpstreamConfig, TrafficConfig, AuditConfig {
  workerAddress: string;
  modelNames: string[];
  modelId: string;
  modelPatterns: string[] | undefined;
  limitWorkerConcurrency: number;
  limitWorkerQueue: number;
  heartBeatInterval: number;
  heartBeatExpiration: number;
  bodyLimit: number;
}

/** Stands for the machine's own name: the replicas of a scaled container have one setting and an address each. */
const AUTO_ADDRESS = 'auto';

export const workerTable = defineConfig<WorkerConfig>({
  host: {
    flags: ['host'],
    env: ['OR_WORKER_HOST'],
    help: 'адрес, на котором воркер ждёт запросы',
    parse: parsers.text,
    default: '127.0.0.1',
  },
  port: {
    flags: ['port'],
    env: ['OR_WORKER_PORT'],
    help: 'порт воркера',
    parse: parsers.port,
    default: DEFAULT_PORTS.worker,
  },
  ...controllerUrlOptions,
  workerAddress: {
    flags: ['worker-address'],
    env: ['OR_WORKER_ADDRESS'],
    help: 'адрес, под которым воркер виден контроллеру и API-серверу; auto — имя этой машины или контейнера',
    parse: (value) => (value.trim() === AUTO_ADDRESS ? AUTO_ADDRESS : parsers.httpUrl(value)),
    default: '',
    defaultText: 'http://127.0.0.1:<порт>',
  },
  modelNames: {
    flags: ['model-names'],
    env: ['OR_MODEL_NAMES'],
    help: 'имена моделей через запятую, под которыми воркер регистрируется',
    parse: parsers.list,
    default: [ORCESTATOR_MODEL],
    defaultText: ORCESTATOR_MODEL,
  },
  modelId: {
    flags: ['model-id'],
    help: `имя регистрируемой модели; с косой чертой (openai/gpt-4o) — модель OpenRouter за именем ${ORCESTATOR_MODEL}`,
    parse: parsers.text,
    default: '',
  },
  modelPatterns: {
    flags: ['model-patterns'],
    env: ['OR_MODEL_PATTERNS'],
    help: 'шаблоны других моделей через запятую (* — любой текст)',
    parse: parsers.list,
    default: undefined,
    defaultText: `*/* вместе с именем ${ORCESTATOR_MODEL}, иначе нет`,
  },
  limitWorkerConcurrency: {
    flags: ['limit-worker-concurrency'],
    env: ['OR_LIMIT_WORKER_CONCURRENCY'],
    help: 'сколько запросов выполняется одновременно; остальные ждут',
    parse: parsers.integer(1),
    default: 512,
  },
  limitWorkerQueue: {
    flags: ['limit-worker-queue'],
    env: ['OR_LIMIT_WORKER_QUEUE'],
    help: 'сколько запросов может ждать; следующим сразу отвечается 503',
    parse: parsers.integer(0),
    default: 4096,
  },
  heartBeatInterval: heartBeatIntervalOption,
  heartBeatExpiration: heartBeatExpirationOption,
  bodyLimit: bodyLimitOption,
  ...upstreamOptions,
  ...trafficOptions,
  ...auditOptions,
  ...commonOptions,
});

/** Rules over several settings. */
export function checkWorkerConfig(config: Readonly<WorkerConfig>): string[] {
  const problems = checkCommon(config);
  // A local server such as Ollama may want no key.
  if (config.apiKey === '' && isOpenRouter(config.baseUrl)) problems.push(missingKey);
  // No HTTP header carries them: every request would fail as if the network were broken.
  if (/[^\x20-\x7e]/.test(config.apiKey)) problems.push(foreignKey);
  if (config.heartBeatInterval >= config.heartBeatExpiration) {
    problems.push(
      `FASTCHAT_WORKER_HEART_BEAT_INTERVAL: must be below FASTCHAT_CONTROLLER_HEART_BEAT_EXPIRATION (${config.heartBeatExpiration} s), or the controller drops the worker between two heart beats`,
    );
  }
  return problems;
}

const missingKey = `--api-key / OR_API_KEY: the OpenRouter key is missing
Get one at https://openrouter.ai/settings/keys and put this line into the file .env at the root of the project:
  OR_API_KEY=sk-or-v1-...
To try the gateway without any key, run: npx --yes pnpm@12 demo`;

const foreignKey =
  '--api-key / OR_API_KEY: the key holds characters that no key has (Cyrillic letters, say). Copy it once more from https://openrouter.ai/settings/keys';

/** What the table cannot say in one row. */
export interface WorkerIdentity {
  readonly controllerUrl: string;
  readonly modelNames: readonly string[];
  readonly modelPatterns: readonly string[];
  readonly defaultModel: string;
}

/** The address others reach the worker at; `port` is the one really open. */
export function workerAddressOf(config: Readonly<WorkerConfig>, port: number, ownName = hostname): string {
  const { workerAddress } = config;
  if (workerAddress !== '' && workerAddress !== AUTO_ADDRESS) return workerAddress;
  return `${config.ssl ? 'https' : 'http'}://${workerAddress === AUTO_ADDRESS ? ownName() : '127.0.0.1'}:${port}`;
}

/** The worker's models and its controller, from settings that depend on one another. */
export function workerIdentity(config: Readonly<WorkerConfig>): WorkerIdentity {
  const isUpstreamId = config.modelId.includes('/');
  const modelNames = config.modelId !== '' && !isUpstreamId ? [config.modelId] : config.modelNames;
  return {
    controllerUrl: controllerUrlOf(config),
    modelNames,
    modelPatterns: config.modelPatterns ?? (modelNames.includes(ORCESTATOR_MODEL) ? ['*/*'] : []),
    defaultModel: isUpstreamId ? config.modelId : config.defaultModel,
  };
}
