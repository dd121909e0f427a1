/** A text can never break its row, and comes back as it was. */
import fc from 'fast-check';
import { formatHeader, formatRow, type TrafficRow } from './traffic-row';

const row = (fields: Partial<TrafficRow> = {}): TrafficRow => ({
  endedAt: new Date('2026-11-23T10:00:00.123Z'),
  user: 'hi',
  assistant: 'hello',
  promptTokens: 9,
  completionTokens: 2,
  latencyMs: 1234.56,
  ...fields,
});

/** An independent reader of the TSV escapes. */
function readTsv(line: string): string[] {
  const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
  const unescape = (field: string) =>
    field.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_all, code: string | undefined, letter: string) =>
      code ? String.fromCharCode(parseInt(code, 16)) : (escapes[letter] ?? letter),
    );
  return line.slice(0, -1).split('\t').map(unescape);
}

/** An independent RFC 4180 reader of one record. */
function readCsv(text: string): string[] {
  return [...text.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  );
}

it('has the six columns', () => {
  expect(formatHeader('tsv')).toBe('ISO-timestamp\tuser\tassistant\tptok\tctok\tlatency_ms\n');
  expect(formatRow(row(), 'tsv')).toBe('2026-11-23T10:00:00.123Z\thi\thello\t9\t2\t1235\n');
  expect(formatHeader('csv')).toBe('ISO-timestamp,user,assistant,ptok,ctok,latency_ms\r\n');
});

it('leaves a count empty where there is none', () => {
  expect(formatRow(row({ promptTokens: undefined, completionTokens: undefined }), 'tsv')).toContain(
    '\thello\t\t\t',
  );
});

it.each([
  'a\tb',
  'a\nb',
  'a\r\nb',
  'say "hi"',
  'back\\slash \\t',
  'nul \u0000',
  '\u001b[31mred',
  '=cmd()',
  ' padded ',
  'Привет 🐋',
  'a,b',
  '\u2028',
])('TSV: %j comes back from one line', (text) => {
  const line = formatRow(row({ user: text }), 'tsv');
  expect(line.match(/\n/g)).toHaveLength(1);
  expect(readTsv(line)).toEqual(['2026-11-23T10:00:00.123Z', text, 'hello', '9', '2', '1235']);
});

it('any two texts come back from TSV and leave six fields in CSV', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (user, assistant) => {
      const line = formatRow(row({ user, assistant }), 'tsv');
      expect(readTsv(line).slice(1, 3)).toEqual([user, assistant]);
      expect(readCsv(formatRow(row({ user, assistant }), 'csv'))).toHaveLength(6);
    }),
  );
});

it('CSV: quotes, commas and line breaks come back', () => {
  expect(readCsv(formatRow(row({ user: 'a,"b"\nc' }), 'csv'))[1]).toBe('a,"b"\nc');
});

it.each(['=1+1', '+1', '-1', '@sum'])('CSV: %s is no formula for a spreadsheet', (text) => {
  expect(readCsv(formatRow(row({ user: text }), 'csv'))[1]).toBe(`'${text}`);
});
