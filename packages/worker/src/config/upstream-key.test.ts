/** The OpenRouter key goes to OpenRouter, and to nobody else by accident. */
import { isOpenRouter, upstreamKey } from './upstream-key';

const key = 'sk-or-v1-secret';

it.each([
  'https://openrouter.ai/api/v1',
  'http://127.0.0.1:8010/api/v1',
  'http://localhost:11434/v1',
  'https://gateway.example/api/v1',
])('goes to %s', (baseUrl) => {
  expect(upstreamKey(key, baseUrl)).toBe(key);
});

it.each([
  'http://10.0.0.5:11434/v1',
  'https://api.example.com/v1',
  'https://localhost.example.com/v1',
  'https://openrouter.ai.example.com/v1',
])('is held back from %s', (baseUrl) => {
  expect(upstreamKey(key, baseUrl)).toBeUndefined();
});

it('another key goes where it was configured for', () => {
  expect(upstreamKey('token-abc', 'https://api.example.com/v1')).toBe('token-abc');
});

it('knows OpenRouter by its host alone', () => {
  expect(isOpenRouter('https://openrouter.ai/api/v1')).toBe(true);
  expect(isOpenRouter('https://notopenrouter.ai/api/v1')).toBe(false);
});
