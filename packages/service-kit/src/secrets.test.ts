/** What must never be written is not. */
import { createRedact } from './secrets';

it('a known secret is hidden wherever it stands', () => {
  expect(createRedact(['hunter22'])('a hunter22 b xhunter22x')).toBe('a [hidden] b x[hidden]x');
});

it('a secret that contains another one is hidden whole', () => {
  expect(createRedact(['abcd', 'abcdefgh'])('abcdefgh abcd')).toBe('[hidden] [hidden]');
});

it('letters that mean something in a RegExp mean themselves', () => {
  expect(createRedact(['a.c$(1)'])('a.c$(1) abc$(1)')).toBe('[hidden] abc$(1)');
});

it('empty and very short secrets do not eat the text', () => {
  expect(createRedact(['', 'a', 'abc'])('abc a')).toBe('abc a');
});

it('keys are hidden by their shape, known or not', () => {
  expect(createRedact()('key sk-or-v1-0123456789abcdef, sk-proj-AbC_123-x.')).toBe('key [hidden], [hidden].');
});

it.each(['Bearer', 'bearer', 'BEARER  '])('what follows %j is hidden', (scheme) => {
  expect(createRedact()(`authorization: ${scheme} abc.DEF-123~+/=`)).toMatch(
    /^authorization: bearer +\[hidden\]$/i,
  );
});

it('usual words stay', () => {
  const text = 'task-force risk-free sk-1 the bearer of bad news';
  expect(createRedact()(text)).toBe(text);
});
