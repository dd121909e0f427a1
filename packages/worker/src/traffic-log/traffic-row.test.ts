/** The six columns, the header, and what a new file begins with. */
import { fileStart, formatHeader, formatOfStart, formatRow, type TrafficRow } from './traffic-row';

const row = (fields: Partial<TrafficRow> = {}): TrafficRow => ({
  endedAt: new Date('2026-11-23T10:00:00.123Z'),
  user: 'hi',
  assistant: 'hello',
  promptTokens: 9,
  completionTokens: 2,
  latencyMs: 1234.56,
  ...fields,
});

it('has the six columns', () => {
  expect(formatHeader('tsv')).toBe('ISO-timestamp\tuser\tassistant\tptok\tctok\tlatency_ms\n');
  expect(formatRow(row(), 'tsv')).toBe('2026-11-23T10:00:00.123Z\thi\thello\t9\t2\t1235\n');
  expect(formatHeader('csv')).toBe('ISO-timestamp,user,assistant,ptok,ctok,latency_ms\r\n');
  expect(formatRow(row({ user: 'a,"b"\nc' }), 'csv')).toBe(
    '2026-11-23T10:00:00.123Z,"a,""b""\nc",hello,9,2,1235\r\n',
  );
});

it('leaves a count empty where there is none', () => {
  expect(formatRow(row({ promptTokens: undefined, completionTokens: undefined }), 'tsv')).toContain(
    '\thello\t\t\t',
  );
});

it('CSV begins with a byte order mark, or Excel reads Cyrillic wrong; TSV does not', () => {
  expect(fileStart('csv')).toBe(`\ufeff${formatHeader('csv')}`);
  expect(fileStart('tsv')).toBe(formatHeader('tsv'));
});

it.each(['tsv', 'csv'] as const)('a %s file is known by its start', (format) => {
  expect(formatOfStart(fileStart(format) + formatRow(row(), format))).toBe(format);
  expect(formatOfStart('something else')).toBeUndefined();
});
