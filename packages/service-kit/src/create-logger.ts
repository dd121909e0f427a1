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
/** Causes shown, so that an error that causes itself ends. */
const MAX_CAUSES = 10;
/** What moves a terminal's cursor, ends a line or turns the writing direction: C0 but the tab, DEL, C1, U+2028, bidi. */
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

export function createLogger(options: LoggerOptions): Logger {
  const { service, level, redact } = options;
  const line = options.format === 'json' ? jsonLine : textLine;
  const transport = options.stream
    ? new transports.Stream({ stream: options.stream })
    : new transports.Console({ forceConsole: false });
  const logger: WinstonLogger = createWinston({
    level,
    format: format((info) => {
      const event = {
        level: info.level,
        service,
        message: String(info.message),
        fields: fieldsOf(info.fields),
      };
      info[MESSAGE] = escapeControls(line(event, redact));
      return info;
    })(),
    transports: [transport],
  });
  // One object, not `logger.info(message, fields)`: there a `%c` in the message, as in an encoded path, drops the fields.
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logger.isLevelEnabled(level)) logger.log({ level, message, fields });
  };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

function fieldsOf(given: unknown): LogFields {
  const entries = Object.entries((given ?? {}) as LogFields);
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, value instanceof Error ? errorText(value) : value]),
  );
}

/** An error's text with the chain of causes; winston would print `{}` or take over the message. */
function errorText(error: Error, depth = 1): string {
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const text = `${error.message === '' ? error.name : error.message}${code}`;
  const { cause } = error;
  if (cause === undefined || depth === MAX_CAUSES) return text;
  if (cause instanceof Error) return `${text} <- ${errorText(cause, depth + 1)}`;
  return `${text} <- ${typeof cause === 'string' ? cause : toJson(cause, (clean) => clean)}`;
}

interface LogEvent {
  readonly level: string;
  readonly service: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** Texts are redacted before they are quoted: a quote or a backslash in a secret would hide it afterwards. */
function jsonLine({ fields, level, service, message }: LogEvent, redact: Redact): string {
  const head = { time: new Date().toISOString(), level, service, message };
  const entries = Object.entries({ ...head, ...fields, ...head });
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${toJson(value, redact)}`).join(',')}}`;
}

function textLine({ fields, level, service, message }: LogEvent, redact: Redact): string {
  const words = Object.entries(fields).map(([key, value]) => `${key}=${fieldText(value, redact)}`);
  const head = `${new Date().toISOString()} ${level.padEnd(5)} [${service}] ${redact(message)}`;
  return redact([head, ...words].join(' ').replaceAll(/[\r\n]+/g, ' '));
}

function fieldText(value: unknown, redact: Redact): string {
  if (typeof value !== 'string') return toJson(value, redact);
  const text = redact(value);
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

/** JSON of whatever is given: a log line must not be the thing that fails. */
function toJson(value: unknown, redact: Redact): string {
  const replace = (_key: string, item: unknown): unknown => {
    if (typeof item === 'string') return redact(item);
    if (item instanceof Error) return redact(errorText(item));
    return typeof item === 'bigint' ? String(item) : item;
  };
  try {
    return JSON.stringify(value, replace) ?? 'null';
  } catch {
    return '"[cannot be written as JSON]"';
  }
}

function escapeControls(line: string): string {
  return line.replace(controls, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
