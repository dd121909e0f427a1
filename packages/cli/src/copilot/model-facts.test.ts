import { findModel, modelFacts, readModelList, splitContext } from './model-facts';

const as = { id: 'orcestator', name: 'Orcestator' };

describe('input and output limits', () => {
  it.each([
    // What the model says is taken …
    [400_000, 128_000, 272_000, 128_000],
    [128_000, 16_384, 111_616, 16_384],
    // … unless it would leave no room for the question.
    [131_072, 131_072, 98_304, 32_768],
    // Nothing said.
    [1_000_000, undefined, 984_000, 16_000],
    [8_192, undefined, 6_144, 2_048],
  ])('context %d, answer %p', (context, answer, maxInputTokens, maxOutputTokens) => {
    expect(splitContext(context, answer)).toEqual({ maxInputTokens, maxOutputTokens });
  });
});

it('reads what OpenRouter says of a model', () => {
  const model = {
    id: 'a/b',
    context_length: 400_000,
    top_provider: { context_length: 200_000, max_completion_tokens: null },
    architecture: { input_modalities: ['text'] },
    supported_parameters: ['tools', 'reasoning'],
    reasoning: { supported_efforts: ['none', 'low', 'high'] },
  };
  expect(modelFacts(model, as)).toEqual({
    ...as,
    maxInputTokens: 184_000,
    maxOutputTokens: 16_000,
    tools: true,
    vision: false,
    reasoning: true,
    efforts: ['low', 'high'],
    isKnown: true,
  });
});

it("takes what other servers say: vLLM's length, nothing of Ollama's", () => {
  expect(modelFacts({ id: 'x', max_model_len: 40_000 }, as)).toMatchObject({
    maxInputTokens: 30_000,
    tools: true,
    isKnown: true,
  });
  expect(modelFacts({ id: 'x' }, as)).toMatchObject({
    maxInputTokens: 112_000,
    tools: true,
    vision: true,
    isKnown: false,
  });
});

it('finds a model by id, by canonical name and without its variant', () => {
  const models = [{ id: 'a/b', canonical_slug: 'a/b-2026' }, { id: 'a/b:free' }];
  expect(['a/b:free', 'a/b-2026', 'a/b:nitro', 'a/c'].map((id) => findModel(models, id)?.id)).toEqual([
    'a/b:free',
    'a/b',
    'a/b',
    undefined,
  ]);
});

it.each([[undefined], ['<html>'], [{ data: 'x' }], [{}]])('reads no models from %j', (body) => {
  expect(readModelList(body)).toEqual([]);
});
