/** What a user is told of a connection that cannot be had, and whether it is tried again. */
import { OrcestatorError } from '@orcestator/protocol';
import { connectionError } from './connection-error';

const limits = { connect: 10_000, firstByte: 90_000 };
const alive = new AbortController().signal;
const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const told = (error: unknown, hasAnswered = false): OrcestatorError =>
  connectionError(error, alive, limits, { hasAnswered });
const parserError = (): Error => Object.assign(new Error('no HTTP'), { name: 'HTTPParserError' });
const tunnel = (status: number): Error =>
  withCode('UND_ERR_ABORTED', `Proxy response (${status}) !== 200 when HTTP Tunneling`);

it.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'clock'],
  ['CERT_NOT_YET_VALID', 'clock'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'OR_BASE_URL'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'http://'],
])('%s names its remedy, and is not tried again', (code, remedy) => {
  const error = told(withCode(code));
  expect([error.kind, error.isRetryable]).toEqual(['upstream_failed', false]);
  expect(error.message).toContain(remedy);
  expect(error.message).toContain(code);
});

it.each([
  ['a proxy that wants a login', tunnel(407), 'user:password@', false],
  ['a proxy that forbids the host', tunnel(403), 'OR_BASE_URL', false],
  ['a proxy that does not reach the host', tunnel(503), '503', true],
  ['an answer that is no HTTP', parserError(), 'OR_BASE_URL', false],
])('%s', (_name, cause, remedy, isRetryable) => {
  const error = told(cause);
  expect(error.message).toContain(remedy);
  expect([error.isRetryable, error.mayCostTwice]).toEqual([isRetryable, false]);
});

it.each([
  ['ECONNREFUSED', true, false],
  ['UND_ERR_CONNECT_TIMEOUT', true, false],
  ['ECONNRESET', true, true],
  ['UND_ERR_HEADERS_TIMEOUT', false, false],
])('%s: tried again %p, perhaps paid twice %p', (code, isRetryable, mayCostTwice) => {
  const error = told(withCode(code));
  expect([error.isRetryable, error.mayCostTwice]).toEqual([isRetryable, mayCostTwice]);
});

it('what breaks after the head is nobody’s setting', () => {
  expect(told(parserError(), true).message).toBe('The connection to the upstream broke.');
});

it('our own abort keeps its reason', () => {
  const gone = new OrcestatorError('client_gone', 'The client left.');
  expect(
    connectionError(withCode('ECONNRESET'), AbortSignal.abort(gone), limits, { hasAnswered: false }),
  ).toBe(gone);
});
