/** Which model ids a pattern covers. */
import { matchesModelPattern } from './model-pattern';

const openRouterIds = [
  'openai/gpt-4o',
  'openai/gpt-4o:free',
  'meta-llama/llama-3.3-70b-instruct:free',
  '~anthropic/claude-latest',
  'openai/gpt-4o@preset/fast',
  'org/family/model',
];

it.each(openRouterIds)('*/* covers the id %s', (id) => {
  expect(matchesModelPattern('*/*', id)).toBe(true);
});

it('*/* does not cover a name without a slash', () => {
  expect(matchesModelPattern('*/*', 'orcestator')).toBe(false);
});

it.each(openRouterIds)('a pattern without a star covers exactly %s', (id) => {
  expect(matchesModelPattern(id, id)).toBe(true);
  expect(matchesModelPattern(id, `${id}x`)).toBe(false);
  expect(matchesModelPattern(id, `x${id}`)).toBe(false);
});

it.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['**', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['openai/*', 'openai/gpt-4o', true],
  ['openai/*', 'openai/', true],
  ['openai/*', 'xopenai/gpt', false],
  ['*:free', 'a/b:free', true],
  ['*:free', 'a/b:freer', false],
  ['*/gpt*:free', 'openai/gpt-4o:free', true],
  ['*/gpt*:free', 'openai/claude:free', false],
  ['*a*b*', 'xaxbx', true],
  ['*a*b*', 'xbxax', false],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'abcbc', true],
  ['a*b*c', 'acb', false],
  ['a*bc*c', 'abc', false],
])('the pattern %j covers %j: %j', (pattern, model, expected) => {
  expect(matchesModelPattern(pattern, model)).toBe(expected);
});

it.each([
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['ab*b*b', 'abb', false],
  ['ab*b*b', 'abbb', true],
  ['ab*bb*b', 'abbb', false],
  ['ab*bb*b', 'abbbb', true],
])('the parts of %j do not share characters of %j: %j', (pattern, model, expected) => {
  expect(matchesModelPattern(pattern, model)).toBe(expected);
});

it('letters that mean something in a RegExp mean themselves', () => {
  expect(matchesModelPattern('a.b/*', 'axb/c')).toBe(false);
  expect(matchesModelPattern('a(+)[x]/*', 'a(+)[x]/c')).toBe(true);
});

it('many stars over a long name take no time', () => {
  const start = performance.now();
  expect(matchesModelPattern(`${'*a'.repeat(2_000)}*b`, 'a'.repeat(50_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});
