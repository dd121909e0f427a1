/** Which model goes upstream. */
import { upstreamModelOf } from './upstream-model';

const settings = { defaultModel: 'openai/gpt-4o', utilityModel: '' };
const copilot = 'GitHubCopilotChat/0.67.0';
const messages = [{ role: 'user', content: 'hi' }];

it('orcestator is the default model', () => {
  expect(upstreamModelOf({ model: 'orcestator', messages }, '', settings)).toBe('openai/gpt-4o');
});

it.each([
  'anthropic/claude-sonnet-4.5',
  'openrouter/auto',
  '~author/family-latest',
  'vendor/model:free',
  '@preset/slug',
  'a/b@preset/c',
  'llama3',
])('pitfall 45: %s goes as it was asked', (model) => {
  expect(upstreamModelOf({ model, messages }, '', settings)).toBe(model);
});

describe("Copilot's small requests", () => {
  const withUtility = { ...settings, utilityModel: 'openai/gpt-4o-mini' };

  it('go to the utility model', () => {
    expect(upstreamModelOf({ model: 'orcestator', messages }, copilot, withUtility)).toBe(
      'openai/gpt-4o-mini',
    );
  });

  it.each([
    ['with tools', { tools: [{ type: 'function' }] }, copilot],
    ['of a real size', { messages: [{ role: 'user', content: 'x'.repeat(9_000) }] }, copilot],
    ['of another client', {}, 'OpenAI/JS 6'],
    ['for a model by its id', { model: 'a/b' }, copilot],
  ])('not %s', (_name, fields, userAgent) => {
    expect(upstreamModelOf({ model: 'orcestator', messages, ...fields }, userAgent, withUtility)).not.toBe(
      'openai/gpt-4o-mini',
    );
  });
});
