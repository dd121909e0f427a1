import { lineDiff } from './line-diff';

it.each([
  ['nothing', 'a\nb\n', 'a\nb\n', []],
  ['a new file', '', 'a\nb\n', ['+1 a', '+2 b']],
  ['an added line', 'a\nc', 'a\nb\nc', ['+2 b']],
  ['a removed line', 'a\nb\nc', 'a\nc', ['-2 b']],
  ['two places', 'a\nb\nc\nd\ne', 'a\nB\nc\nD\ne', ['-2 b', '+2 B', '-4 d', '+4 D']],
  ['line ends alone', 'a\r\nb', 'a\nb', []],
])('shows %s', (_name, before, after, lines) => {
  expect(lineDiff(before, after)).toEqual(lines);
});
