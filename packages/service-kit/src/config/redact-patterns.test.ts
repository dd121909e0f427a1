import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedact } from '../secrets';
import { processorTime } from '../testing';
import { redactPatterns } from './redact-patterns';

const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('takes a JSON list; what fits is hidden, with the keys of the gateway besides', () => {
  const redact = createRedact(['hunter2'], redactPatterns('["ACME-[0-9]{6}", "/passport \\\\d+/i"]'));
  expect(redact('ACME-123456 Passport 42 hunter2 sk-or-v1-abcdefgh')).toBe(
    '[hidden] [hidden] [hidden] [hidden]',
  );
});

it('takes a file with one a line', () => {
  const path = join(folder, 'patterns.txt');
  writeFileSync(path, '# staff numbers\r\nE\\d{5}\r\n\r\n');
  expect(createRedact([], redactPatterns(path))('E12345')).toBe('[hidden]');
});

it.each([
  ['["("]', 'pattern 1 is no regular expression'],
  ['["ok1", "a*"]', 'pattern 2 fits the empty text'],
  [`["${'a'.repeat(501)}"]`, 'longer than 500'],
  ['[1]', 'no JSON list of texts'],
  ['[', 'no JSON list of texts'],
  ['/no/such/file', 'neither a JSON list nor a file'],
  [JSON.stringify(Array(51).fill('a')), '51 patterns'],
])('%.20s says what is wrong', (text, problem) => {
  expect(() => redactPatterns(text)).toThrow(problem);
});

it.each(['(a+)+$', '(\\w+\\s?)+!', '\\s+$', '(.*)=(.*)=x', '(?<=bearer\\s+)\\s'])(
  'refuses %s, which a hostile prompt would make run for ever',
  (pattern) => {
    const refuse = () => expect(() => redactPatterns(JSON.stringify([pattern]))).toThrow('too slow');
    expect(processorTime(refuse)).toBeLessThan(5_000);
  },
);

it('a message never repeats the pattern, which may hold the secret itself', () => {
  expect(() => redactPatterns('["my-secret("]')).toThrow(/^(?!.*my-secret)/);
});

it('hides keys in a million blanks within a second', () => {
  const text = `${' '.repeat(1_000_000)}abcdefgh Bearer  abcdefgh`;
  const hide = () => expect(createRedact()(text).trimStart()).toBe('abcdefgh Bearer  [hidden]');
  expect(processorTime(hide)).toBeLessThan(1_000);
});
