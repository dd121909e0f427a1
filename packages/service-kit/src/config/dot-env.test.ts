/** `.env` files as editors and shells leave them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDotEnv } from './dot-env';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dot-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer): Record<string, string | undefined> {
  writeFileSync(join(folder, '.env'), content);
  return { ...readDotEnv(folder) };
}

it('no file means no variables', () => {
  expect(readDotEnv(folder)).toEqual({});
});

it('a file that cannot be read is an error', () => {
  mkdirSync(join(folder, '.env'));
  expect(() => readDotEnv(folder)).toThrow(/EISDIR/);
});

it.each([
  ['LF', 'A=1\nB=2\n'],
  ['CRLF', 'A=1\r\nB=2\r\n'],
  ['no line end at its end', 'A=1\nB=2'],
  ['a byte order mark', '\uFEFFA=1\nB=2\n'],
  ['UTF-16 LE', Buffer.from('\uFEFFA=1\r\nB=2\r\n', 'utf16le')],
])('a file with %s is read', (_name, content) => {
  expect(read(content)).toEqual({ A: '1', B: '2' });
});

it('letters that are not Latin are read in both encodings', () => {
  expect(read('A=привет')).toEqual({ A: 'привет' });
  expect(read(Buffer.from('\uFEFFA=привет', 'utf16le'))).toEqual({ A: 'привет' });
});

it('quotes keep blanks and number signs', () => {
  expect(read(`A=" a # b "\nB='c # d'\n`)).toEqual({ A: ' a # b ', B: 'c # d' });
});

it('comments and blank lines are left out', () => {
  expect(read('# A=0\n\nA=1 # first\n# B=0\nB=2\n')).toEqual({ A: '1', B: '2' });
});

it('a value may contain equals signs, and blanks around it are dropped', () => {
  expect(read('A = x=y== \nB=\n')).toEqual({ A: 'x=y==', B: '' });
});
