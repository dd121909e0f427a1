/** The error table, the error itself and the body it becomes. */
import { readErrorMessage, toErrorBody, toOpenAiError } from './error-body';
import { ErrorCode } from './error-codes';
import { errorTable, OrcestatorError, toOrcestatorError, type ErrorKind } from './errors';

const kinds = Object.keys(errorTable) as ErrorKind[];

describe.each(kinds)('%s', (kind) => {
  const row = errorTable[kind];
  const written = JSON.stringify(toErrorBody(new OrcestatorError(kind, 'What happened.')));

  it('has an HTTP error status and a FastChat number', () => {
    expect(row.status).toBeGreaterThanOrEqual(400);
    expect(row.status).toBeLessThan(600);
    expect(Object.values(ErrorCode)).toContain(row.errorCode);
    expect(new OrcestatorError(kind, 'x').status).toBe(row.status);
  });

  it('is read by OpenAI clients', () => {
    expect(JSON.parse(written)).toMatchObject({
      error: { message: 'What happened.', type: row.type, param: null, code: row.code },
    });
  });

  it('is read by FastChat clients', () => {
    expect(JSON.parse(written)).toMatchObject({
      object: 'error',
      message: 'What happened.',
      code: row.errorCode,
    });
  });
});

it('the body has the fields of the two dialects and no other', () => {
  const body = toErrorBody(new OrcestatorError('timeout', 'x'));
  expect(Object.keys(body)).toEqual(['error', 'object', 'message', 'code']);
  expect(Object.keys(body.error)).toEqual(['message', 'type', 'param', 'code']);
});

it('FastChat numbers are all different', () => {
  const numbers = Object.values(ErrorCode);
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('the field at fault and a better code reach the body', () => {
  const error = new OrcestatorError('invalid_request', 'x', { param: 'model', code: 'bad_model' });
  expect(toOpenAiError(error)).toMatchObject({ param: 'model', code: 'bad_model' });
});

it('neither the cause nor the headers nor the stack reach the body', () => {
  const cause = new Error('sk-secret-cause', { cause: 'sk-secret-deeper' });
  const error = new OrcestatorError('upstream_failed', 'x', {
    cause,
    headers: { 'x-key': 'sk-secret-header' },
  });
  expect(error.cause).toBe(cause);
  expect(JSON.stringify(toErrorBody(error))).not.toMatch(/sk-secret|\.ts:/);
});

it('an unforeseen error becomes internal with a fixed message', () => {
  for (const thrown of [new Error('sk-secret'), 'sk-secret', undefined, { message: 'sk-secret' }]) {
    const error = toOrcestatorError(thrown);
    expect(error.kind).toBe('internal');
    expect(error.cause).toBe(thrown);
    expect(JSON.stringify(toErrorBody(error))).not.toContain('sk-secret');
  }
});

it('an error of ours stays the same object', () => {
  const error = new OrcestatorError('overloaded', 'x');
  expect(toOrcestatorError(error)).toBe(error);
});

describe("the message of somebody's error body", () => {
  it.each([
    ['ours', toErrorBody(new OrcestatorError('timeout', 'Too late.')), 'Too late.'],
    ['OpenAI', { error: { message: 'a' }, message: 'b' }, 'a'],
    ['a text as error', { error: 'a' }, 'a'],
    ['FastChat', { object: 'error', message: 'a', code: 1 }, 'a'],
    ['FastAPI', { detail: 'a' }, 'a'],
    ['a blank message before a good one', { error: { message: ' ' }, message: 'b' }, 'b'],
    ['no message', { error: { message: 5 }, detail: [{ msg: 'x' }] }, undefined],
    ['a list', [{ message: 'a' }], undefined],
    ['a text', 'a', undefined],
    ['nothing', undefined, undefined],
  ])('of %s', (_name, body, expected) => {
    expect(readErrorMessage(body)).toBe(expected);
  });
});
