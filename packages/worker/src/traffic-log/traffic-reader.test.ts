/** What the log has written the reader gives back, however the bytes arrive. */
import { TrafficReader } from './traffic-reader';
import { fileStart, formatRow, trafficFormats } from './traffic-row';
import { row } from './testing/create-test-log';

const texts = [
  'plain',
  'a\tb\r\n"c", d;\\ \\u0041',
  '=cmd()\n- item',
  'Привет 🐋',
  '',
  'half \ud83d',
  'x\n[cancelled]',
];

describe.each(trafficFormats)('%s', (format) => {
  const bytes = Buffer.from(
    fileStart(format) + texts.map((text) => formatRow(row(text, text), format)).join(''),
  );

  it.each([1, 7, 10_000])('comes back in pieces of %i bytes', (size) => {
    const reader = new TrafficReader();
    const rows = [];
    for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)));
    expect(rows.map(({ user, assistant }) => [user, assistant])).toEqual(texts.map((text) => [text, text]));
    expect(rows.map(({ outcome }) => outcome)).toEqual([...texts.slice(1).map(() => 'ok'), 'cancelled']);
    expect(rows[0]).toMatchObject({ promptTokens: 1, completionTokens: 2, latencyMs: 3 });
    expect(reader.strangeLines).toBe(0);
  });

  it('an unfinished row waits; a strange line is counted and passed over', () => {
    const reader = new TrafficReader();
    const end = formatRow(row('end'), format);
    expect(reader.push(Buffer.from(`${fileStart(format)}torn\n${end.slice(0, 20)}`))).toEqual([]);
    expect(reader.push(Buffer.from(end.slice(20))).map(({ user }) => user)).toEqual(['end']);
    expect(reader.strangeLines).toBe(1);
  });
});
