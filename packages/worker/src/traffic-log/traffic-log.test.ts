/** Rows are on disk in order when their promise resolves; a file that cannot be written stops nobody. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecordingLogger } from '@orcestator/service-kit/testing';
import { TrafficLog } from './traffic-log';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traffic '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const row = (user: string) => ({
  endedAt: new Date(0),
  user,
  assistant: 'a',
  promptTokens: 1,
  completionTokens: 2,
  latencyMs: 3,
});

function createLog(path: string) {
  const logger = createRecordingLogger();
  const lost: number[] = [];
  return {
    logger,
    lost,
    log: new TrafficLog({ path, format: 'tsv', logger, onLost: (rows) => lost.push(rows) }),
  };
}

it('makes the folder, writes the header once, and the rows in order', async () => {
  const path = join(folder, 'new', 'traffic.log');
  const { log } = createLog(path);
  await Promise.all([...Array(500).keys()].map((n) => log.append(row(`u${n}`))));
  await createLog(path).log.append(row('last'));
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toMatch(/^ISO-timestamp\t/);
  expect(lines.slice(1).map((line) => line.split('\t')[1])).toEqual([
    ...[...Array(500).keys()].map((n) => `u${n}`),
    'last',
  ]);
});

it('a row whose promise has resolved is in the file', async () => {
  const path = join(folder, 'traffic.log');
  await createLog(path).log.append(row('now'));
  expect(readFileSync(path, 'utf8')).toContain('\tnow\t');
});

it('a file deleted meanwhile is made again with its header', async () => {
  const path = join(folder, 'traffic.log');
  const { log } = createLog(path);
  await log.append(row('one'));
  rmSync(path);
  await log.append(row('two'));
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
});

it('what cannot be written is counted, said once, and writing goes on when it can', async () => {
  const blocker = join(folder, 'file');
  writeFileSync(blocker, '');
  const path = join(blocker, 'traffic.log');
  const { log, lost, logger } = createLog(path);
  await log.append(row('lost'));
  await log.append(row('lost too'));
  expect(lost).toEqual([1, 1]);
  expect(logger.lines).toHaveLength(1);
  expect(logger.lines[0]).toContain('OR_LOG_FILE');
  rmSync(blocker);
  await log.append(row('kept'));
  expect(readFileSync(path, 'utf8')).toContain('\tkept\t');
  expect(logger.lines[1]).toContain('again');
});

it('close waits for what is being written', async () => {
  const path = join(folder, 'traffic.log');
  const { log } = createLog(path);
  void log.append(row('pending'));
  await log.close();
  expect(readFileSync(path, 'utf8')).toContain('\tpending\t');
});
