/** Every text comes back from its field; no field runs as a formula, none breaks a line. */
import { processorTime } from '@orcestator/service-kit/testing';
import fc from 'fast-check';
import { escapeCsv, escapeTsv, unescapeCsv, unescapeTsv } from './traffic-escapes';

/** Takes the quotes off as a CSV reader does. */
const readField = (field: string): string =>
  field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;

const hostile = [
  '',
  'a\tb',
  'a\r\nb\rc\n',
  'say "hi", she said; no',
  'back\\slash \\t \\\\ \\u0041 \\\\u0041 \\\\\\u0041 C:\\users',
  'nul \u0000 \\\u0000 \\\\\u0000u0041',
  '\u001b[31mred\u001b[0m',
  '=cmd()',
  "'=cmd()",
  "''+1 '-",
  '- item\n- item\n  - nested\n+ x\n\t@y\r-z',
  'hi;=HYPERLINK("http://x")',
  'hi;"=1+1;',
  '＝1',
  ' padded ',
  'Привет 🐋 👩‍👩‍👧',
  '\u2028\u2029\u0085',
  '\ufeffbom',
  'half \ud83d and \udc0b, \\\ud83d',
  '\u202etxt.exe',
];

/** Texts made of the pieces that rules care about. */
const nasty = fc
  .array(
    fc.constantFrom(
      ...[
        '\\',
        '\\\\',
        'u0041',
        'u',
        '\u0000',
        '\ud83d',
        '\udc0b',
        "'",
        '"',
        '=',
        '-',
        ';',
        '\n',
        '\r',
        '\t',
      ],
      ...[',', ' ', 'x', '\u2028', '@', '\ufeff'],
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
const anyText = fc.oneof(nasty, fc.string({ unit: 'binary' }));

describe('TSV', () => {
  it.each(hostile)('%j comes back from one line', (text) => {
    const field = escapeTsv(text);
    expect(field).not.toMatch(/[\t\n\r\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(Buffer.from(field).toString()).toBe(field);
    expect(unescapeTsv(field)).toBe(text);
  });

  it('any text comes back', () => {
    fc.assert(
      fc.property(anyText, (text) => expect(unescapeTsv(escapeTsv(text))).toBe(text)),
      {
        numRuns: 2_000,
      },
    );
  });
});

describe('CSV', () => {
  it.each(hostile)('%j comes back', (text) => {
    const field = escapeCsv(text);
    expect(field).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
    expect(Buffer.from(field).toString()).toBe(field);
    expect(unescapeCsv(readField(field))).toBe(text);
  });

  it('any text comes back', () => {
    fc.assert(
      fc.property(anyText, (text) => expect(unescapeCsv(readField(escapeCsv(text)))).toBe(text)),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@sum', "'@sum"],
    ['"=1', '\'"=1'],
    ['  =1', "'  =1"],
    ['a;=1', "a;'=1"],
    ['a\n- b', "a\n'- b"],
    ['a - b = c', 'a - b = c'],
  ])('%j is no formula in any cell', (text, shown) => {
    expect(readField(escapeCsv(text))).toBe(shown);
  });

  it('a Windows path stays as it is', () => {
    expect(escapeCsv('C:\\temp\\users')).toBe('C:\\temp\\users');
  });
});

it.each([
  ['backslashes', '\\'.repeat(200_000)],
  ['quotes', '"'.repeat(200_000)],
  ['line breaks and blanks', '\n '.repeat(100_000)],
  ['blanks', `;${' '.repeat(200_000)}x`],
])('a long text of %s takes no quadratic time', (_name, text) => {
  const roundTrip = () => {
    expect(unescapeTsv(escapeTsv(text))).toBe(text);
    expect(unescapeCsv(readField(escapeCsv(text)))).toBe(text);
  };
  expect(processorTime(roundTrip)).toBeLessThan(2_000);
});
