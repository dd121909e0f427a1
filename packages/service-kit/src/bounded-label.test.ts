/** Names from outside cannot make the label set grow. */
import { createBoundedLabel, OTHER_LABEL } from './bounded-label';

const create = (places: number, known: readonly string[] = []) => {
  const begun: string[] = [];
  const isShown = (value: string): boolean => !value.startsWith('sk-');
  const label = createBoundedLabel({ places, known, isShown, onNew: (value) => void begun.push(value) });
  return { label, begun };
};

it('the first values get a label of their own, all others share one', () => {
  const { label, begun } = create(2);
  expect(['a', 'b', 'c', 'a', 'd'].map((value) => label.of(value, true))).toEqual([
    'a',
    'b',
    OTHER_LABEL,
    'a',
    OTHER_LABEL,
  ]);
  expect(begun).toEqual([OTHER_LABEL, 'a', 'b']);
});

it('a value that may not enter takes no place, however often it comes', () => {
  const { label, begun } = create(2, ['known']);
  for (let at = 0; at < 1_000; at += 1) expect(label.of(`made-up-${at}`, false)).toBe(OTHER_LABEL);
  expect(label.of('known', false)).toBe('known');
  expect(label.of('real', true)).toBe('real');
  expect(begun).toEqual([OTHER_LABEL, 'known', 'real']);
});

it('known values are there from the start, each once', () => {
  expect(create(5, ['a', 'a', 'b']).begun).toEqual([OTHER_LABEL, 'a', 'b']);
});

it.each(['', 'a prompt in place of a model', 'line\nbreak', '"}', 'x'.repeat(97), 'sk-or-v1-secretsecret'])(
  'what is no model id has no label: %j',
  (value) => {
    expect(create(5).label.of(value, true)).toBe(OTHER_LABEL);
  },
);

it.each([
  'openai/gpt-4o',
  '~author/family-latest',
  'vendor/model:free',
  '@preset/x',
  'llama3.1',
  'sim/ok+crlf',
])('a model id has one: %s', (value) => {
  expect(create(5).label.of(value, true)).toBe(value);
});
