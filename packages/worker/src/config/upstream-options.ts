/** Settings of the upstream: where it is, what it is asked, how long it may take. */
import { defineConfig, parsers, totalTimeoutOption } from '@orcestator/service-kit';

export interface UpstreamConfig {
  baseUrl: string;
  apiKey: string;
  defaultModel: string;
  utilityModel: string;
  embeddingModel: string;
  fallbackModels: string[];
  maxRetries: number;
  /** Seconds. */
  retryMaxWait: number;
  appUrl: string;
  appTitle: string;
  httpsProxy: string;
  httpProxy: string;
  noProxy: string;
  /** Seconds, all five. */
  connectTimeout: number;
  firstByteTimeout: number;
  byteIdleTimeout: number;
  contentIdleTimeout: number;
  totalTimeout: number;
}

const timeout = (name: string, env: string, help: string, seconds: number) => ({
  flags: [name] as const,
  env: [env] as const,
  help: `${help}, секунд`,
  parse: parsers.seconds,
  default: seconds,
});

export const upstreamOptions = defineConfig<UpstreamConfig>({
  baseUrl: {
    flags: ['base-url'],
    env: ['OR_BASE_URL'],
    help: 'адрес OpenRouter или любого другого сервера с интерфейсом OpenAI',
    parse: parsers.httpUrl,
    default: 'https://openrouter.ai/api/v1',
  },
  apiKey: {
    flags: ['api-key'],
    env: ['OR_API_KEY'],
    help: 'ключ OpenRouter; лучше задавать переменной, флаг виден в списке процессов',
    parse: (value) => value.trim(),
    default: '',
    isSecret: true,
  },
  defaultModel: {
    flags: ['default-model'],
    env: ['OR_DEFAULT_MODEL'],
    help: 'модель OpenRouter за именем orcestator',
    parse: parsers.text,
    default: 'openai/gpt-4o',
  },
  utilityModel: {
    flags: ['utility-model'],
    env: ['OR_UTILITY_MODEL'],
    help: 'модель подешевле для служебных запросов Copilot (заголовки чатов); пусто — та же',
    parse: parsers.text,
    default: '',
  },
  embeddingModel: {
    flags: ['embedding-model'],
    env: ['OR_EMBEDDING_MODEL'],
    help: 'модель за именем orcestator для /v1/embeddings: модель для чата векторов не даёт',
    parse: parsers.text,
    default: 'openai/text-embedding-3-small',
  },
  fallbackModels: {
    flags: ['fallback-models'],
    env: ['OR_FALLBACK_MODELS'],
    help: 'модели через запятую, которые OpenRouter пробует, если модель за именем orcestator не отвечает',
    parse: parsers.list,
    default: [],
    defaultText: 'нет',
  },
  maxRetries: {
    flags: ['max-retries'],
    env: ['OR_MAX_RETRIES'],
    help: 'сколько раз повторить запрос к OpenRouter, если до первого текста случилась временная ошибка',
    parse: parsers.integer(0, 10),
    default: 1,
  },
  retryMaxWait: {
    flags: ['retry-max-wait'],
    env: ['OR_RETRY_MAX_WAIT'],
    help: 'сколько секунд самое большее ждать перед повтором; если OpenRouter просит дольше, ошибка отдаётся клиенту',
    parse: parsers.seconds,
    default: 10,
  },
  appUrl: {
    env: ['OR_APP_URL'],
    help: 'адрес приложения для статистики OpenRouter',
    parse: parsers.text,
    default: '',
  },
  appTitle: {
    env: ['OR_APP_TITLE'],
    help: 'название приложения для статистики OpenRouter',
    parse: parsers.text,
    default: 'Orcestator',
  },
  httpsProxy: {
    env: ['HTTPS_PROXY', 'https_proxy'],
    help: 'прокси до OpenRouter; между сервисами не используется никогда',
    parse: parsers.text,
    default: '',
    isSecret: true,
  },
  httpProxy: {
    env: ['HTTP_PROXY', 'http_proxy'],
    help: 'прокси для адресов без TLS',
    parse: parsers.text,
    default: '',
    isSecret: true,
  },
  noProxy: {
    env: ['NO_PROXY', 'no_proxy'],
    help: 'узлы, к которым прокси не нужен',
    parse: parsers.text,
    default: '',
  },
  connectTimeout: timeout(
    'connect-timeout',
    'OR_CONNECT_TIMEOUT',
    'сколько ждать соединения с OpenRouter',
    10,
  ),
  firstByteTimeout: timeout(
    'first-byte-timeout',
    'OR_FIRST_BYTE_TIMEOUT',
    'сколько ждать начала ответа',
    120,
  ),
  byteIdleTimeout: timeout(
    'byte-idle-timeout',
    'OR_BYTE_IDLE_TIMEOUT',
    'сколько терпеть полную тишину в потоке',
    120,
  ),
  contentIdleTimeout: timeout(
    'content-idle-timeout',
    'OR_CONTENT_IDLE_TIMEOUT',
    'сколько терпеть поток без текста (комментарии не в счёт)',
    300,
  ),
  totalTimeout: totalTimeoutOption,
});
