/** The service log: one line an event, readable or JSON, on stdout; sizes and ids, never prompts or keys. */
import { createLogger as createWinston, format, transports, type Logger as WinstonLogger } from 'winston';
import type { LogFormat, LogLevel } from './config/common-options';
import type { Redact } from './secrets';

/** Fields of a log line besides its message. */
export type LogFields = Record<string, unknown>;

/** What the services use of winston. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Shown in each line. */
  readonly service: string;
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly redact: Redact;
  /** Where lines go; stdout where it is not given. */
  readonly stream?: NodeJS.WritableStream;
}

const MESSAGE = Symbol.for('message');

export function createLogger(options: LoggerOptions): Logger {
  const { service, level, redact } = options;
  const line = options.format === 'json' ? jsonLine(service) : textLine(service);
  const transport = options.stream
    ? new transports.Stream({ stream: options.stream })
    : new transports.Console({ forceConsole: false });
  const logger: WinstonLogger = createWinston({
    level,
    format: format((info) => {
      info[MESSAGE] = redact(line(info));
      return info;
    })(),
    transports: [transport],
  });
  return {
    error: (message, fields) => void logger.error(message, plain(fields)),
    warn: (message, fields) => void logger.warn(message, plain(fields)),
    info: (message, fields) => void logger.info(message, plain(fields)),
    debug: (message, fields) => void logger.debug(message, plain(fields)),
  };
}

/** Errors become their text with the chain of causes; winston would print `{}` or take over the message. */
function plain(fields: LogFields = {}): { fields: LogFields } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { fields: Object.fromEntries(entries.map(([key, value]) => [key, errorText(value)])) };
}

function errorText(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = 'code' in value && typeof value.code === 'string' ? ` (${value.code})` : '';
  const text = value.message === '' ? value.name : value.message;
  const cause = value.cause === undefined ? '' : ` <- ${String(errorText(value.cause))}`;
  return `${text}${code}${cause}`;
}

type Line = (info: { level: string; message: unknown; fields?: unknown }) => string;

function fieldsOf(info: { fields?: unknown }): LogFields {
  return (info.fields ?? {}) as LogFields;
}

function jsonLine(service: string): Line {
  return (info) =>
    JSON.stringify({
      time: new Date().toISOString(),
      level: info.level,
      service,
      message: info.message,
      ...fieldsOf(info),
    });
}

function textLine(service: string): Line {
  return (info) => {
    const words = Object.entries(fieldsOf(info)).map(([key, value]) => `${key}=${fieldText(value)}`);
    const head = `${new Date().toISOString()} ${info.level.padEnd(5)} [${service}] ${String(info.message)}`;
    return [head, ...words].join(' ').replaceAll(/[\r\n]+/g, ' ');
  };
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'string' && /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}
