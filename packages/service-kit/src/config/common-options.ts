/** Settings that every service has. */
import { boolean, oneOf, text } from './parsers';
import { defineConfig } from './option';
import { redactPatterns } from './redact-patterns';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface CommonConfig {
  logLevel: LogLevel;
  logFormat: LogFormat;
  /** Shared by all services of a cluster; empty = open, as FastChat. */
  clusterSecret: string;
  /** What must not be written besides the secrets that are known. */
  redactPatterns: RegExp[];
  ssl: boolean;
  sslKeyFile: string;
  sslCertFile: string;
}

export const commonOptions = defineConfig<CommonConfig>({
  logLevel: {
    flags: ['log-level'],
    env: ['OR_LOG_LEVEL'],
    help: 'подробность служебного журнала: error, warn, info или debug',
    parse: oneOf(logLevels),
    default: 'info',
  },
  logFormat: {
    flags: ['log-format'],
    env: ['OR_LOG_FORMAT'],
    help: 'вид служебного журнала: text — для человека, json — для сборщика',
    parse: oneOf(logFormats),
    default: 'text',
  },
  clusterSecret: {
    env: ['OR_CLUSTER_SECRET'],
    help: 'общий секрет трёх сервисов; если задан, чужие не могут зарегистрировать воркер или вызвать его',
    parse: text,
    default: '',
    isSecret: true,
  },
  redactPatterns: {
    env: ['OR_REDACT_PATTERNS'],
    help: 'что скрывать в журналах и аудите, кроме ключей: список регулярных выражений JSON или файл, где они по одному в строке',
    parse: redactPatterns,
    default: [],
    defaultText: 'только ключи',
  },
  ssl: {
    flags: ['ssl'],
    help: 'отвечать по HTTPS; нужны SSL_KEYFILE и SSL_CERTFILE',
    parse: boolean,
    default: false,
    isSwitch: true,
  },
  sslKeyFile: { env: ['SSL_KEYFILE'], help: 'файл закрытого ключа для --ssl', parse: text, default: '' },
  sslCertFile: { env: ['SSL_CERTFILE'], help: 'файл сертификата для --ssl', parse: text, default: '' },
});

/** `--ssl` without its two files is a problem, as in FastChat (`os.environ["SSL_KEYFILE"]`). */
export function checkCommon(config: CommonConfig): string[] {
  if (!config.ssl || (config.sslKeyFile && config.sslCertFile)) return [];
  return ['--ssl: SSL_KEYFILE and SSL_CERTFILE must name the key and the certificate'];
}
