/** Files are put aside by size, age and format; no row is lost, though several logs write and rotate at once. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createTestLog, makeFolder, row } from './testing/create-test-log';
import { rotatedAt, rotatedFiles, rotatedPath } from './traffic-rotation';

let folder: string;
let path: string;
beforeEach(() => {
  folder = makeFolder();
  path = join(folder, 'traffic.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const names = (): string[] => readdirSync(folder).sort();
const usersOf = (file: string): (string | undefined)[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[1]);

it('a file of the largest size is put aside under the time of that, and a new one begins with its header', async () => {
  const { log } = createTestLog(path, { maxSize: 100 });
  await log.append(row('one'));
  await log.append(row('two'));
  await log.append(row('three'));
  expect(names()).toEqual(['traffic-2026-01-01T00-00-00Z.log', 'traffic.log']);
  expect(usersOf(join(folder, 'traffic-2026-01-01T00-00-00Z.log'))).toEqual(['one', 'two']);
  expect(usersOf(path)).toEqual(['three']);
});

it('a file whose first row is old enough is put aside, also after a restart', async () => {
  await createTestLog(path, { maxAge: 3_600_000 }).log.append(row('one'));
  const { log, clock } = createTestLog(path, { maxAge: 3_600_000 });
  await clock.advance(3_599_000);
  await log.append(row('two'));
  expect(names()).toEqual(['traffic.log']);
  await clock.advance(1_000);
  await log.append(row('three'));
  expect(names()).toEqual(['traffic-2026-01-01T01-00-00Z.log', 'traffic.log']);
  expect(usersOf(path)).toEqual(['three']);
});

it('a file of the other format is put aside; one that is no traffic log is not', async () => {
  await createTestLog(path, { format: 'csv' }).log.append(row('one'));
  await createTestLog(path, { format: 'tsv' }).log.append(row('two'));
  expect(usersOf(path)).toEqual(['two']);
  expect(names()).toHaveLength(2);
  const other = join(folder, 'notes.txt');
  writeFileSync(other, 'mine\n');
  await createTestLog(other).log.append(row('three'));
  expect(readFileSync(other, 'utf8')).toMatch(/^mine\n2026/);
});

it('keeps so many files and deletes the oldest, and nothing else', async () => {
  writeFileSync(join(folder, 'traffic-notes.log'), '');
  const { log, clock } = createTestLog(path, { maxSize: 1, keep: 2 });
  for (let n = 0; n < 5; n += 1) {
    await log.append(row(`u${n}`));
    await clock.advance(1_000);
  }
  expect((await rotatedFiles(path)).map((file) => basename(file))).toEqual([
    'traffic-2026-01-01T00-00-03Z.log',
    'traffic-2026-01-01T00-00-04Z.log',
  ]);
  expect(existsSync(join(folder, 'traffic-notes.log'))).toBe(true);
});

it('twice within a second: the second rotation waits, nothing is overwritten', async () => {
  const { log } = createTestLog(path, { maxSize: 1 });
  for (const user of ['one', 'two', 'three']) await log.append(row(user));
  expect(usersOf(rotatedPath(path, new Date('2026-01-01T00:00:00Z')))).toEqual(['one']);
  expect(usersOf(path)).toEqual(['two', 'three']);
});

it('many logs that write and rotate one file at once lose and tear nothing', async () => {
  const logs = [...Array(8).keys()].map(() => createTestLog(path, { maxSize: 500, keep: 1_000 }));
  const expected: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const rows = logs.map((_log, n) => `${round}-${n}`);
    expected.push(...rows);
    await Promise.all(logs.map(({ log }, n) => log.append(row(rows[n] ?? ''))));
    await Promise.all(logs.map(({ clock }) => clock.advance(1_000)));
  }
  const files = [...(await rotatedFiles(path)), path];
  expect(files.length).toBeGreaterThan(3);
  expect(files.flatMap(usersOf).sort()).toEqual(expected.sort());
  expect(names().filter((name) => /rotating|new/.test(name))).toEqual([]);
});

it('a lock that a dead process has left is removed; a fresh one is respected', async () => {
  const lock = `${path}.rotating`;
  writeFileSync(lock, '');
  const { log, clock } = createTestLog(path, { maxSize: 1 });
  const now = clock.now();
  utimesSync(lock, now, now);
  await log.append(row('one'));
  await log.append(row('two'));
  expect(names()).toEqual(['traffic.log', 'traffic.log.rotating']);
  await clock.advance(11_000);
  await log.append(row('three'));
  await log.append(row('four'));
  expect(usersOf(path)).toEqual(['four']);
});

it('a file that cannot be put aside is written on; it is said once', async () => {
  const { log, logger } = createTestLog(path, { maxSize: 1 });
  // A lock that is a folder cannot be made: an error that is not "somebody has it".
  await log.append(row('one'));
  mkdirSync(`${path}.rotating`);
  utimesSync(`${path}.rotating`, 0, 0);
  await log.append(row('two'));
  await log.append(row('three'));
  expect(usersOf(path)).toEqual(['one', 'two', 'three']);
  expect(logger.lines).toEqual([expect.stringContaining('warn cannot put the traffic log')]);
});

it('the name of a file tells when it was put aside', () => {
  const time = new Date('2026-11-26T10:15:00Z');
  expect(rotatedPath('logs/traffic.log', time)).toBe(join('logs', 'traffic-2026-11-26T10-15-00Z.log'));
  expect(rotatedAt(rotatedPath('logs/traffic.log', time))).toEqual(time);
  expect(rotatedAt('logs/traffic.log')).toBeUndefined();
});
