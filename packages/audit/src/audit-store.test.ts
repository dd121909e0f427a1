/** What the database keeps, and that it is found again without looking at every row. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { findSql, hoursSql, openAuditReader, pageSql, prefixSql, spanSql } from './audit-reader';
import { openAuditStore } from './audit-store';
import { totalOf } from './hours';
import { percentile } from './latency-histogram';
import { migrations } from './migrations';
import { openToRead, openToWrite } from './open-database';
import { entryOf, rowOf } from './testing';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'data', 'audit.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

class AddColumn1895651200000 implements MigrationInterface {
  readonly name = 'AddColumn1895651200000';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE requests ADD COLUMN extra TEXT');
  }
  down = (): Promise<void> => Promise.resolve();
}
const newer = [...migrations, AddColumn1895651200000];

describe('texts', () => {
  it.each([
    ['NUL', 'a\u0000b'],
    ['half of a pair', 'a\ud800b'],
    ['emoji', '👩‍💻 привет'],
    ['ANSI', '\u001b[31mred'],
    ['tab, line end, quote', '\t\r\n"\'\\'],
    ['formula', '=cmd()'],
    ['a megabyte', 'ж'.repeat(1024 * 1024)],
  ])('come back as they were: %s', async (_name, text) => {
    const store = await openAuditStore({ path });
    await store.write([entryOf({}, text, text)]);
    await store.close();
    const reader = await openAuditReader(path);
    const [row] = await reader.find('request-1');
    const texts = row && (await reader.texts(row));
    await reader.close();
    expect(JSON.parse(texts?.messages ?? '')).toEqual([{ role: 'user', content: text }]);
    expect(JSON.parse(texts?.answer ?? '')).toEqual({ role: 'assistant', content: text });
  });

  it('belong to their own request, also where some have none', async () => {
    const store = await openAuditStore({ path });
    await store.write([
      entryOf({ requestId: 'a' }, 'of a'),
      { row: rowOf({ requestId: 'b' }) },
      entryOf({ requestId: 'c' }, 'of c'),
    ]);
    await store.close();
    const reader = await openAuditReader(path);
    const pages = [];
    for await (const page of reader.pages(ALL, true)) pages.push(...page);
    await reader.close();
    expect(pages.map(({ row, texts }) => [row.requestId, texts?.messages])).toEqual([
      ['a', '[{"role":"user","content":"of a"}]'],
      ['b', undefined],
      ['c', '[{"role":"user","content":"of c"}]'],
    ]);
  });
});

it('the sums of an hour grow with each batch, whatever its requests are', async () => {
  const store = await openAuditStore({ path });
  await store.write([
    entryOf({ durationMs: 100 }),
    entryOf({ outcome: 'error', promptTokens: null, cost: null }),
  ]);
  await store.write([
    entryOf({ outcome: 'cancelled', firstTokenMs: null, generationId: 'gen-1', cost: null }),
  ]);
  await store.addUsage({
    generationId: 'gen-1',
    provider: 'Azure',
    usage: { promptTokens: 7, completionTokens: 3, cachedTokens: 0, reasoningTokens: 0, cost: 0.5 },
  });
  // Told twice, counted once.
  const again = { promptTokens: 7, completionTokens: 3, cachedTokens: 0, reasoningTokens: 0, cost: 0.5 };
  await store.addUsage({ generationId: 'gen-1', provider: null, usage: again });
  await store.close();
  const reader = await openAuditReader(path);
  const total = totalOf(await reader.hours(0, Number.MAX_SAFE_INTEGER));
  const [late] = await reader.find('gen-1');
  await reader.close();
  expect(total).toMatchObject({ requests: 3, errors: 1, cancelled: 1, promptTokens: 27, cost: 0.75 });
  expect(percentile(total.durations, 0.3)).toBeCloseTo(100, -1);
  expect(late).toMatchObject({ cost: 0.5, usageSource: 'generation', provider: 'Azure', promptTokens: 7 });
});

it('pruning takes the oldest with their texts, step by step, and leaves the sums', async () => {
  const store = await openAuditStore({ path });
  await store.write(
    Array.from({ length: 10 }, (_, index) => entryOf({ requestId: `r${index}`, startedAt: 1_000 + index })),
  );
  expect(await store.prune(1_007, 4)).toBe(4);
  expect(await store.prune(1_007, 4)).toBe(3);
  expect(await store.prune(1_007, 4)).toBe(0);
  await store.close();
  const reader = await openAuditReader(path);
  const left = [];
  for await (const page of reader.pages(ALL, true)) left.push(...page);
  expect(left.map(({ row, texts }) => [row.requestId, texts !== undefined])).toEqual([
    ['r7', true],
    ['r8', true],
    ['r9', true],
  ]);
  expect((await reader.hours(0, 3_600_000))[0]?.requests).toBe(10);
  await reader.close();
});

it('asks for the price of broken answers of this worker only', async () => {
  const store = await openAuditStore({ path });
  const broken = { outcome: 'cancelled', cost: null } as const;
  await store.write([
    entryOf({ ...broken, generationId: 'gen-mine' }),
    entryOf({ ...broken, generationId: 'gen-other', worker: 'http://other' }),
    entryOf({ ...broken, generationId: null }),
    entryOf({ outcome: 'cancelled', generationId: 'gen-priced' }),
  ]);
  const found = await store.unpriced('http://127.0.0.1:8002', 0, 10);
  await store.close();
  expect(found.map(({ generationId }) => generationId)).toEqual(['gen-mine']);
});

describe('the schema', () => {
  it('of the version before is brought up to date with its rows', async () => {
    const store = await openAuditStore({ path });
    await store.write([entryOf()]);
    await store.close();
    await expect(openToRead({ path, migrations: newer })).rejects.toThrow('older version');
    const source = await openToWrite({ path, migrations: newer });
    expect(await source.query('SELECT request_id, extra FROM requests')).toEqual([
      { request_id: 'request-1', extra: null },
    ]);
    await source.destroy();
  });

  it('of a newer version is neither read nor written', async () => {
    await (await openToWrite({ path, migrations: newer })).destroy();
    await expect(openAuditStore({ path })).rejects.toThrow('newer version of Orcestator');
    await expect(openAuditReader(path)).rejects.toThrow('newer version of Orcestator');
  });

  it("of another program's database is left alone", async () => {
    const foreign = await new DataSource({ type: 'sqlite', database: path }).initialize();
    await foreign.query('CREATE TABLE requests (id INTEGER)');
    await foreign.destroy();
    await expect(openAuditStore({ path })).rejects.toThrow('another program');
    await expect(openAuditReader(path)).rejects.toThrow('another program');
  });

  it('can be taken back', async () => {
    const source = await openToWrite({ path });
    await source.undoLastMigration();
    const rows: { name: string }[] = await source.query(
      "SELECT name FROM sqlite_master WHERE type = 'table'",
    );
    await source.destroy();
    expect(rows.map(({ name }) => name)).not.toContain('requests');
  });
});

describe('no query looks at every request', () => {
  const page = pageSql({ ...ALL }, { startedAt: 0, id: -1 }, 10);
  const errors = pageSql({ ...ALL, outcome: 'error' }, { startedAt: 0, id: -1 }, 10);
  it.each([
    ['hours', hoursSql, [0, 1], /SEARCH request_hours USING PRIMARY KEY/],
    ['an id', findSql, ['a', 'a'], /requests_request_id.*requests_generation_id/s],
    ['a prefix', prefixSql, ['a', 'b', 1], /COVERING INDEX requests_request_id/],
    ['the span', spanSql, [0, 1, 0, 1], /COVERING INDEX requests_started_at/],
    ['a page', page.sql, page.parameters, /INDEX requests_started_at/],
    ['a page of errors', errors.sql, errors.parameters, /INDEX requests_not_ok/],
  ])('%s', async (_name, sql, parameters, index) => {
    const source = await openToWrite({ path });
    const plan: { detail: string }[] = await source.query(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    await source.destroy();
    const text = plan.map(({ detail }) => detail).join('\n');
    expect(text).toMatch(index);
    expect(text).not.toMatch(/SCAN requests\b(?! USING)|TEMP B-TREE FOR ORDER BY/);
  });
});
