/** An address is the same however it was copied. */
import { serverAddressOf } from './server-address';

it.each([
  ['http://host:11434', 'http://host:11434'],
  ['http://host:11434/', 'http://host:11434'],
  ['http://host:11434/v1', 'http://host:11434'],
  ['http://host:11434/v1//', 'http://host:11434'],
  ['http://host:11434/v1/models', 'http://host:11434'],
  ['http://host/v1/chat/completions', 'http://host'],
  ['https://host/llm/api/v1', 'https://host/llm/api'],
  ['http://host/v1beta', 'http://host/v1beta'],
])('%s is the server %s', (given, address) => {
  expect(serverAddressOf(given)).toBe(address);
});

it('takes no time for a long row of slashes', () => {
  expect(serverAddressOf(`http://host/v1${'/'.repeat(1_000_000)}`)).toBe('http://host');
});
