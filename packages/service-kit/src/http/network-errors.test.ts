/** What the codes of failed calls mean. */
import { errorCodeOf, networkFailureOf, proxyStatusOf, setupFaultOf } from './network-errors';

const withCode = (code: unknown, cause?: unknown): Error =>
  Object.assign(new Error('x', { cause }), { code });

it.each([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'refused'],
  ['EAI_AGAIN', 'refused'],
  ['UND_ERR_CONNECT_TIMEOUT', 'refused'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNABORTED', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['ECONNRESET', 'broken'],
  ['UND_ERR_SOCKET', 'broken'],
  ['SOMETHING_NEW', 'broken'],
])('%s means %s', (code, failure) => {
  expect(networkFailureOf(withCode(code))).toBe(failure);
});

it('the code may be in a cause', () => {
  expect(networkFailureOf(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }))).toBe(
    'refused',
  );
});

it('the nearest code counts', () => {
  expect(errorCodeOf(withCode('A', withCode('B')))).toBe('A');
});

it('a number is no code', () => {
  expect(errorCodeOf(withCode(20, withCode('B')))).toBe('B');
});

it.each([undefined, null, 'ECONNREFUSED', {}, new Error('ECONNREFUSED')])(
  '%p has no code, so it broke on the way',
  (thrown) => {
    expect(errorCodeOf(thrown)).toBe('');
    expect(networkFailureOf(thrown)).toBe('broken');
  },
);

it('an error that causes itself ends', () => {
  const error = new Error('x');
  error.cause = error;
  expect(errorCodeOf(error)).toBe('');
});

describe('failures that come of the way it is set up', () => {
  const tunnel = (status: number): Error =>
    new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`);

  it.each([
    [withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'foreign_certificate'],
    [new TypeError('fetch failed', { cause: withCode('CERT_HAS_EXPIRED') }), 'expired_certificate'],
    [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'no_tls'],
    [Object.assign(new Error('x'), { name: 'HTTPParserError' }), 'no_http'],
    [tunnel(407), 'proxy_login'],
    [tunnel(403), 'proxy_refusal'],
  ])('%s', (error, fault) => {
    expect(setupFaultOf(error)).toBe(fault);
  });

  it.each([withCode('ECONNRESET'), withCode('ECONNREFUSED'), tunnel(502), undefined, 'x'])(
    '%s may pass by itself',
    (error) => {
      expect(setupFaultOf(error)).toBeUndefined();
    },
  );

  it('the status of a proxy is known, and of nobody else', () => {
    expect([tunnel(502), withCode('ECONNRESET'), undefined].map(proxyStatusOf)).toEqual([
      502,
      undefined,
      undefined,
    ]);
  });
});
