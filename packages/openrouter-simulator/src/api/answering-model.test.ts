/** Which model answers (openrouter.md §3.1, §4, §8; pitfall 22). */
import { ask, askWhole, useSimulator } from '../testing/client';

const stage = useSimulator();

it.each([
  ['openai/gpt-4o', 'openai/gpt-4o', 'OpenAI'],
  ['openai/gpt-4o-mini', 'openai/gpt-4o-mini', 'OpenAI'],
  ['openai/gpt-5.5', 'openai/gpt-5.5-20260423', 'OpenAI'],
  ['anthropic/claude-sonnet-4.6', 'anthropic/claude-4.6-sonnet-20260217', 'Anthropic'],
  ['anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4.5', 'Anthropic'],
  ['openrouter/auto', 'openai/gpt-4o-mini', 'OpenAI'],
  ['openrouter/fusion', 'openai/gpt-4o-mini', 'OpenAI'],
  ['~author/family-latest', 'author/family-20260401', 'AcmeCloud'],
  ['vendor/model:free', 'vendor/model:free', 'AcmeCloud'],
  ['openai/gpt-4o:nitro', 'openai/gpt-4o', 'OpenAI'],
  ['@preset/x', 'openai/gpt-4o-mini', 'OpenAI'],
  ['google/gemini-3-pro@preset/slug', 'google/gemini-3-pro', 'Google'],
  ['sim/model-dated', 'anthropic/claude-4.6-sonnet-20260217', 'Anthropic'],
])('%s → %s', async (asked, model, provider) => {
  expect((await askWhole(stage.running, asked)).json).toMatchObject({ model, provider });
});

it('without any model the default answers', async () => {
  expect((await askWhole(stage.running, undefined as unknown as string)).json.model).toBe(
    'openai/gpt-4o-mini',
  );
});

describe('models[]', () => {
  it.each(['sim/model-fallback', 'sim/err-429-upstream', 'sim/err-400-context', 'sim/err-403-moderation'])(
    '%s hands over to the next',
    async (model) => {
      const { json } = await askWhole(stage.running, model, { models: ['sim/err-502', 'vendor/second'] });
      expect(json.model).toBe('vendor/second');
    },
  );

  it.each(['sim/err-401', 'sim/err-402', 'sim/err-402-max-tokens', 'sim/err-403-key'])(
    '%s ends the request before any routing',
    async (model) => {
      const { status } = await ask(stage.running, model, { fields: { models: ['vendor/second'] } });
      expect(status).toBe(Number(/\d+/.exec(model)?.[0]));
    },
  );

  it('stands in for model', async () => {
    expect(
      (await askWhole(stage.running, undefined as unknown as string, { models: ['a/b', 'c/d'] })).json.model,
    ).toBe('a/b');
  });

  it('tells the error of the first when all fail', async () => {
    const { status } = await ask(stage.running, 'sim/err-503', { fields: { models: ['sim/err-502'] } });
    expect(status).toBe(503);
  });
});

it("the price is the model's; free is free", async () => {
  const usageOf = async (model: string) => (await askWhole(stage.running, model)).json.usage;
  const usage = await usageOf('openai/gpt-4o');
  expect(usage?.cost).toBeCloseTo(3 * 0.0000025 + (usage?.completion_tokens ?? 0) * 0.00001, 10);
  expect((await usageOf('vendor/model:free'))?.cost).toBe(0);
});
