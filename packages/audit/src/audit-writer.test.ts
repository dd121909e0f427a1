/** A database in trouble costs no answer and, where it can be helped, no row. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@orcestator/service-kit';
import { createRecordingLogger, eventually, type RecordingLogger } from '@orcestator/service-kit/testing';
import { openAuditReader } from './audit-reader';
import { createAuditStore, openAuditStore } from './audit-store';
import { AuditWriter, QUEUE_LIMITS } from './audit-writer';
import { createAuditWriter } from './create-audit-writer';
import { openToWrite } from './open-database';
import { entryOf } from './testing';

let folder: string;
let path: string;
let logger: RecordingLogger;
let lost: number;
let writer: AuditWriter;

const start = (retention = 0): AuditWriter =>
  (writer = createAuditWriter({
    path,
    retention,
    clock: systemClock,
    logger,
    onLost: (rows) => (lost += rows),
  }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'audit.db');
  logger = createRecordingLogger();
  lost = 0;
});
afterEach(async () => {
  await writer.close(1_000);
  rmSync(folder, { recursive: true, force: true });
});

async function ids(): Promise<string[]> {
  if (!existsSync(path)) return [];
  const reader = await openAuditReader(path).catch(() => undefined);
  if (!reader) return [];
  const found: string[] = [];
  for await (const page of reader.pages({ from: 0, to: Number.MAX_SAFE_INTEGER }, false))
    found.push(...page.map(({ row }) => row.requestId));
  await reader.close();
  return found;
}
const has = (id: string) => async (): Promise<boolean> => (await ids()).includes(id);

it('2,000 records at once are all there after an orderly end', async () => {
  start();
  for (let index = 0; index < 2_000; index += 1) writer.add(entryOf({ requestId: `r${index}` }));
  await writer.close(10_000);
  expect(new Set(await ids()).size).toBe(2_000);
  expect(lost).toBe(0);
});

it('a record is in the file within a second', async () => {
  start().add(entryOf({ requestId: 'a' }));
  await eventually(has('a'), 2_000);
});

it('a locked database is waited for; taking a record does not wait', async () => {
  start().add(entryOf({ requestId: 'before' }));
  await eventually(has('before'));
  const other = await openToWrite({ path });
  await other.query('BEGIN IMMEDIATE');
  const begun = performance.now();
  writer.add(entryOf({ requestId: 'during' }));
  expect(performance.now() - begun).toBeLessThan(50);
  await eventually(
    () => logger.lines.some((line) => line.includes('cannot write the audit database')),
    15_000,
  );
  await other.query('COMMIT');
  await other.destroy();
  await eventually(has('during'), 15_000);
  await eventually(() => logger.lines.some((line) => line.includes('again')));
  expect(logger.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
  expect(lost).toBe(0);
});

it('what does not fit into memory is counted and said once', () => {
  start();
  for (let index = 0; index < QUEUE_LIMITS.rows + 5; index += 1) writer.add(entryOf());
  expect(lost).toBe(5);
  expect(logger.lines.filter((line) => line.includes('too many wait'))).toHaveLength(1);
  const huge = 'x'.repeat(QUEUE_LIMITS.characters);
  writer.add(entryOf({}, huge));
  expect(lost).toBe(6);
});

it('a full disk is waited for, and nothing of what waited is missing', async () => {
  let isFull = true;
  writer = new AuditWriter({
    path,
    open: async () => {
      const source = await openToWrite({ path });
      if (isFull) await source.query('PRAGMA max_page_count = 40');
      return createAuditStore(source, path);
    },
    moveAside: () => undefined,
    retention: 0,
    clock: systemClock,
    logger,
    onLost: (rows) => (lost += rows),
  });
  const text = 'x'.repeat(10_000);
  for (let index = 0; index < 100; index += 1) writer.add(entryOf({ requestId: `r${index}` }, text));
  await eventually(() => logger.lines.some((line) => line.includes('requests go on')));
  isFull = false;
  await eventually(async () => (await ids()).length === 100, 10_000);
  await writer.close(1_000);
  expect((await ids()).length).toBe(100);
  expect(lost).toBe(0);
});

it('a folder that cannot be made is waited for', async () => {
  path = join(folder, 'data', 'audit.db');
  writeFileSync(join(folder, 'data'), 'a file where the folder should be');
  start().add(entryOf({ requestId: 'a' }));
  await eventually(() => logger.lines.some((line) => line.includes('OR_DB_PATH')));
  rmSync(join(folder, 'data'));
  await eventually(has('a'), 10_000);
  expect(lost).toBe(0);
});

it('a damaged file is moved aside, not deleted, and a new one is begun', async () => {
  writeFileSync(path, 'this is no database at all '.repeat(500));
  start().add(entryOf({ requestId: 'a' }));
  await eventually(has('a'));
  expect(readdirSync(folder).filter((name) => /^audit\.db\.corrupt-\d{8}T\d+Z$/.test(name))).toHaveLength(1);
  expect(logger.lines.join('\n')).toMatch(/is damaged: it was moved to .*corrupt-/);
});

it('a file damaged while it is open is moved aside too', async () => {
  start();
  for (let index = 0; index < 300; index += 1) writer.add(entryOf({ requestId: `old${index}` }));
  await eventually(has('old299'));
  const other = await openToWrite({ path });
  await other.query('PRAGMA wal_checkpoint(TRUNCATE)');
  await other.destroy();
  truncateSync(path, 8_192);
  writeFileSync(path, 'garbage'.repeat(2_000), { flag: 'r+' });
  writer.add(entryOf({ requestId: 'new' }));
  await eventually(has('new'), 15_000);
  expect(readdirSync(folder).some((name) => name.includes('.corrupt-'))).toBe(true);
});

it.each(['deleted', 'renamed'])('a file that was %s meanwhile is begun anew', async (how) => {
  start().add(entryOf({ requestId: 'old' }));
  await eventually(has('old'));
  if (how === 'deleted') rmSync(path);
  else renameSync(path, join(folder, 'elsewhere.db'));
  writer.add(entryOf({ requestId: 'new' }));
  await eventually(has('new'));
  expect(await ids()).toEqual(['new']);
});

it("another program's database is refused once and stays as it is", async () => {
  const foreign = await openToWrite({ path });
  await foreign.query('PRAGMA application_id = 1');
  await foreign.destroy();
  start().add(entryOf());
  writer.add(entryOf());
  await eventually(() => lost === 2);
  writer.add(entryOf());
  expect(lost).toBe(3);
  expect(logger.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
});

it('old requests go, a little after the start', async () => {
  const store = await openAuditStore({ path });
  await store.write(
    Array.from({ length: 450 }, (_, index) => entryOf({ requestId: `r${index}`, startedAt: index })),
  );
  await store.close();
  start(86_400_000).add(entryOf({ requestId: 'now', startedAt: Date.now() }));
  await eventually(async () => (await ids()).join() === 'now', 15_000);
});
