/** Rows are on disk in order when their promise resolves; a file that cannot be written stops nobody and loses nothing. */
import { chmodSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { createTestLog, makeFolder, row } from './testing/create-test-log';

let folder: string;
let path: string;
beforeEach(() => {
  folder = makeFolder();
  path = join(folder, 'traffic.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
const users = (): (string | undefined)[] =>
  lines()
    .slice(1)
    .map((line) => line.split('\t')[1]);

it('makes the folder, writes the header once, and the rows in order', async () => {
  path = join(folder, 'new', 'deep', 'traffic.log');
  const { log } = createTestLog(path);
  const names = [...Array(500).keys()].map((n) => `u${n}`);
  await Promise.all(names.map((name) => log.append(row(name))));
  await createTestLog(path).log.append(row('last'));
  expect(lines()[0]).toMatch(/^ISO-timestamp\t/);
  expect(users()).toEqual([...names, 'last']);
});

it('a row whose promise has resolved is in the file', async () => {
  await createTestLog(path).log.append(row('now'));
  expect(readFileSync(path, 'utf8')).toContain('\tnow\t');
});

it.each(['tsv', 'csv'] as const)('logs that begin one %s file at once write one header', async (format) => {
  const logs = [...Array(20).keys()].map(() => createTestLog(path, { format }).log);
  await Promise.all(logs.map((log, n) => log.append(row(`u${n}`))));
  expect(lines()).toHaveLength(21);
  expect(readFileSync(path, 'utf8').match(/ISO-timestamp/g)).toHaveLength(1);
});

it.each(['', 'deleted'])(
  'a file emptied or deleted meanwhile is made again with its header: %s',
  async (how) => {
    const { log } = createTestLog(path);
    await log.append(row('one'));
    if (how === 'deleted') rmSync(path);
    else writeFileSync(path, '');
    await log.append(row('two'));
    expect(lines()).toHaveLength(2);
    expect(users()).toEqual(['two']);
  },
);

it('rows of more than a chunk keep their order', async () => {
  const { log } = createTestLog(path);
  const long = 'x'.repeat(100_000);
  const names = [...Array(20).keys()].map((n) => `${n}${long}`);
  await Promise.all(names.map((name) => log.append(row(name))));
  expect(users()).toEqual(names);
});

it.each([
  ['tsv', 'torn', '2026-01-01T00:00:00.000Z\thalf a r', 3],
  ['csv', 'torn', '2026-01-01T00:00:00.000Z,"half ""a', 3],
  ['csv', 'torn at a line break', '2026-01-01T00:00:00.000Z,"half\r\n', 4],
] as const)('%s: a row %s by a crash does not spoil the next one', async (format, _how, torn, count) => {
  await createTestLog(path, { format }).log.append(row('one'));
  writeFileSync(path, torn, { flag: 'a' });
  await createTestLog(path, { format }).log.append(row('two'));
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith(format === 'tsv' ? '\ttwo\ta\t1\t2\t3\n' : ',two,a,1,2,3\r\n')).toBe(true);
  expect((text.match(/"/g) ?? []).length % 2).toBe(0);
  expect(text.trimEnd().split('\n')).toHaveLength(count + 1);
});

/** Ways to make a file that cannot be written, and to mend it. */
const failures: [string, () => void, () => void][] = [
  ['a folder is a file', () => writeFileSync(join(folder, 'sub'), ''), () => rmSync(join(folder, 'sub'))],
  ['the path is a directory', () => mkdirSync(path, { recursive: true }), () => rmdirSync(path)],
];

it.each(failures)(
  '%s: said once, rows wait, and all of them are written later',
  async (name, breakIt, mend) => {
    if (name.startsWith('a folder')) path = join(folder, 'sub', 'traffic.log');
    breakIt();
    const { log, lost, waiting, logger, clock } = createTestLog(path);
    await log.append(row('one'));
    await log.append(row('two'));
    await clock.advance(1_000);
    await eventually(() => clock.pending() === 1);
    expect(waiting.at(-1)).toBe(2);
    expect(logger.lines).toEqual([expect.stringMatching(/^error cannot write .*OR_LOG_FILE/)]);
    mend();
    await clock.advance(1_000);
    await eventually(() => logger.lines.length === 2);
    expect(users()).toEqual(['one', 'two']);
    expect(logger.lines[1]).toContain('again');
    expect(waiting.at(-1)).toBe(0);
    expect(lost).toEqual([]);
    await log.append(row('three'));
    expect(users()).toEqual(['one', 'two', 'three']);
  },
);

it('a file that may only be read is the same (root may write it all the same)', async () => {
  await createTestLog(path).log.append(row('before'));
  chmodSync(path, 0o444);
  const { log } = createTestLog(path);
  await log.append(row('one'));
  chmodSync(path, 0o644);
  await log.close();
  expect(users()).toEqual(['before', 'one']);
});

it('while the file cannot be written 64 MB of rows wait; the oldest are given up and counted', async () => {
  mkdirSync(path);
  const { log, lost, clock, logger } = createTestLog(path);
  const long = 'x'.repeat(8 * 1024 * 1024);
  for (let n = 0; n < 10; n += 1) await log.append(row(`${n}${long}`));
  expect(lost).toEqual([1, 1, 1]);
  rmdirSync(path);
  await clock.advance(1_000);
  await eventually(() => logger.lines.length === 2);
  expect(users().map((user) => user?.[0])).toEqual(['3', '4', '5', '6', '7', '8', '9']);
  expect(logger.lines[1]).toContain('lostRows=3');
});

it('close waits for what is being written, and counts what it cannot write', async () => {
  const good = createTestLog(path);
  void good.log.append(row('pending'));
  await good.log.close();
  expect(users()).toEqual(['pending']);

  const bad = createTestLog(join(path, 'not a folder'));
  await bad.log.append(row('lost'));
  await bad.log.close();
  expect(bad.lost).toEqual([1]);
  expect(bad.logger.lines.at(-1)).toContain('lacks the last rows');
});
