/** Reading JSON whose shape nobody knows. */
import { isNestedDeeper } from './json';

const nested = (depth: number, innermost: unknown = 1): unknown =>
  JSON.parse('['.repeat(depth) + JSON.stringify(innermost) + ']'.repeat(depth));

it.each([
  ['a text', 'x', 0, false],
  ['null', null, 0, false],
  ['an empty list where none may be', [], 0, true],
  ['as deep as it may be', nested(10), 10, false],
  ['one deeper', nested(11), 10, true],
  ['an object inside counts as a list does', nested(9, { a: { b: 1 } }), 10, true],
  ['the deep one comes last', [1, 'x', {}, nested(10)], 10, true],
])('nesting: %s', (_name, value, limit, isDeeper) => {
  expect(isNestedDeeper(value, limit)).toBe(isDeeper);
});

it('a value that is deeper than the stack is told as well', () => {
  expect(isNestedDeeper(nested(1_000_000), 500)).toBe(true);
});
