/** What a log line looks like, and what never gets into one. */
import { PassThrough } from 'node:stream';
import type { LogFormat } from './config/common-options';
import { createLogger, type Logger, type LoggerOptions } from './create-logger';
import { createRedact } from './secrets';

/** What a logger writes while the function runs. */
function written(log: (logger: Logger) => void, options: Partial<LoggerOptions> = {}): string {
  const stream = new PassThrough();
  log(
    createLogger({
      service: 'tiny',
      level: 'info',
      format: 'text',
      redact: createRedact(),
      stream,
      ...options,
    }),
  );
  return String(stream.read() ?? '');
}

function fieldsOf(
  log: (logger: Logger) => void,
  options: Partial<LoggerOptions> = {},
): Record<string, unknown> {
  return JSON.parse(written(log, { format: 'json', ...options })) as Record<string, unknown>;
}

const formats: LogFormat[] = ['text', 'json'];

it('a text line has time, level, service, message and fields', () => {
  const line = written((logger) => logger.info('hello', { a: 1, b: 'x', c: 'two words', d: { e: [1] } }));
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}\[tiny\] hello a=1 b=x c="two words" d=\{"e":\[1\]\}\n$/,
  );
});

it('a JSON line has the same as one object', () => {
  expect(fieldsOf((logger) => logger.warn('hello', { a: 1, b: 'x y', c: { d: true } }))).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'warn',
    service: 'tiny',
    message: 'hello',
    a: 1,
    b: 'x y',
    c: { d: true },
  });
});

it('each level is written under its own name, those below the threshold are not', () => {
  const all = (logger: Logger): void => {
    for (const level of ['error', 'warn', 'info', 'debug'] as const) logger[level](`as ${level}`);
  };
  expect(written(all).match(/as \w+/g)).toEqual(['as error', 'as warn', 'as info']);
  expect(written(all, { level: 'debug' }).match(/debug \[tiny\] as debug/g)).toHaveLength(1);
  expect(written(all, { level: 'error' }).match(/as \w+/g)).toEqual(['as error']);
});

it.each(formats)('fields that are undefined are left out (%s)', (format) => {
  expect(
    written((logger) => logger.info('hello', { gone: undefined, kept: null }), { format }),
  ).not.toContain('gone');
});

it.each(formats)('a percent sign in the message costs no fields (%s)', (format) => {
  const line = written((logger) => logger.info('GET /a%c3%d0 100%', { status: 200 }), { format });
  expect(line).toContain('GET /a%c3%d0 100%');
  expect(line).toMatch(/status"?[=:]200/);
});

it('a field cannot replace the message, the level or the service', () => {
  expect(
    fieldsOf((logger) => logger.info('real', { message: 'x', level: 'error', service: 'y' })),
  ).toMatchObject({
    message: 'real',
    level: 'info',
    service: 'tiny',
  });
});

describe.each(formats)('in %s lines', (format) => {
  it('an error is its message, its code and its causes', () => {
    const inner = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
    const cause = new Error('no answer', { cause: inner });
    const line = written((logger) => logger.error('failed', { cause, empty: new TypeError() }), { format });
    expect(line).toContain('no answer <- connect failed (ECONNREFUSED)');
    expect(line).toContain('TypeError');
  });

  it('what cannot be written as JSON does not fail the caller', () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    const error = new Error('itself');
    error.cause = error;
    const line = written((logger) => logger.info('hello', { loop, error, big: 10n, call: () => 1 }), {
      format,
    });
    expect(line).toContain('itself <- itself');
    expect(line).toMatch(/big"?[=:]"?10/);
  });

  it('secrets are hidden in messages, fields, nested fields and causes', () => {
    const secrets = ['hunter22', 'quo"te\\d'];
    const cause = new Error('outer', { cause: new Error(`bad ${secrets.join(' ')}`) });
    const log = (logger: Logger): void =>
      secrets.forEach((secret) =>
        logger.info(`m ${secret}`, { a: secret, b: { c: [`${secret} x`] }, cause }),
      );
    const lines = written(log, { format, redact: createRedact(secrets) });
    expect(lines).not.toMatch(/hunter22|te\\+d/);
    expect(lines.match(/\[hidden\]/g)).toHaveLength(10);
  });

  it('keys are hidden by their shape', () => {
    const log = (logger: Logger): void =>
      logger.info('x', { headers: { authorization: 'Bearer abcdef123' } });
    expect(written(log, { format })).not.toContain('abcdef123');
  });

  it('an event is one line, however many its texts have', () => {
    const text = 'a\nb\r\nc\u2028d\u0085e';
    const lines = written((logger) => logger.info(text, { text, nested: [text], error: new Error(text) }), {
      format,
    });
    expect(lines.slice(0, -1)).not.toMatch(/[\n\r\u2028\u2029\u0085]/);
    expect(lines.endsWith('\n')).toBe(true);
  });

  it('what would move the cursor or turn the text reaches no terminal raw', () => {
    const evil = '\u001b[2J\u0007\u0008\u007f\u009b31m\u202e';
    const lines = written((logger) => logger.info(evil, { evil, word: 'x', nested: [evil] }), { format });
    expect(lines.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(lines).toContain('\\u001b[2J');
  });
});

it('a JSON line with a number that equals a secret is still JSON', () => {
  expect(
    fieldsOf((logger) => logger.info('x', { ms: 1234 }), { redact: createRedact(['1234']) }),
  ).toMatchObject({ ms: 1234 });
});

it('escaped characters come back out of a JSON line', () => {
  expect(fieldsOf((logger) => logger.info('a\n\u009b\u2028b')).message).toBe('a\n\u009b\u2028b');
});
