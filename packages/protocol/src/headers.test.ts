/** Which headers cross a hop. */
import { forwardedAnswerHeaders, forwardedRequestHeaders, pickHeaders } from './headers';

it('only the listed headers are picked', () => {
  const headers = { 'retry-after': '2', 'set-cookie': ['a=b'], 'x-generation-id': 'gen-1' };
  expect(pickHeaders(headers, ['retry-after', 'x-generation-id'])).toEqual({
    'retry-after': '2',
    'x-generation-id': 'gen-1',
  });
});

it('of several values the first is taken', () => {
  expect(pickHeaders({ a: ['1', '2'] }, ['a'])).toEqual({ a: '1' });
});

it('absent headers and empty lists of values are left out', () => {
  expect(pickHeaders({ a: undefined, b: [] }, ['a', 'b', 'c'])).toEqual({});
});

it('an empty value is a value', () => {
  expect(pickHeaders({ a: '' }, ['a'])).toEqual({ a: '' });
});

it.each([...forwardedAnswerHeaders, ...forwardedRequestHeaders])(
  '%s is in lower case, as Node gives it',
  (name) => {
    expect(name).toBe(name.toLowerCase());
  },
);

it.each([
  'authorization',
  'cookie',
  'set-cookie',
  'connection',
  'transfer-encoding',
  'content-length',
  'host',
])('%s never crosses a hop', (name) => {
  expect([...forwardedAnswerHeaders, ...forwardedRequestHeaders]).not.toContain(name);
});
