/** stats, show and export over a real database. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditStore } from '@orcestator/audit';
import { entryOf, rowOf } from '@orcestator/audit/testing';
import type { CliCommand } from '../command';
import { exportCommand } from '../commands/export';
import { showCommand } from '../commands/show';
import { statsCommand } from '../commands/stats';
import { runCommand, type RunOptions } from '../testing';

const NOW = Date.now();
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-audit-'));
  writeFileSync(join(folder, '.env'), 'OR_DB_PATH=audit.db\n');
  const store = await openAuditStore({ path: join(folder, 'audit.db') });
  await store.write([
    entryOf({ requestId: 'aaa-1', startedAt: NOW - 3_000, durationMs: 1_000 }, 'привет'),
    entryOf(
      {
        requestId: 'aaa-2',
        startedAt: NOW - 2_000,
        outcome: 'error',
        errorKind: 'timeout',
        errorMessage: '=cmd()',
        upstreamModel: 'a/b',
        client: 'key-1',
      },
      'first line\nsecond "line"',
      '\u001b[31mred\u202e',
    ),
    { row: rowOf({ requestId: 'bbb', startedAt: NOW - 1_000, outcome: 'cancelled', generationId: 'gen-5' }) },
  ]);
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: CliCommand, argv: string[], parts: Partial<RunOptions> = {}) =>
  runCommand(command, argv, { folder, columns: 120, ...parts });

describe('stats', () => {
  it('tells requests, tokens, cost and times by day and by model, with bars', async () => {
    const { exitCode, stdout } = await run(statsCommand, []);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^День +запросы +ошибки/);
    expect(stdout).toMatch(/openai\/gpt-4o +2 +0 +1 +20 +10 +0\.50 .*█/);
    expect(stdout).toMatch(/a\/b +1 +1 +0 /);
    expect(stdout).toMatch(/Всего +3 +1 +1 +30 +15 +0\.75/);
    expect(stdout).not.toContain('\u001b');
  });

  it('fits into a narrow terminal', async () => {
    const { stdout } = await run(statsCommand, [], { columns: 100 });
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it('as JSON', async () => {
    const { stdout } = await run(statsCommand, ['--json', '--by', 'client']);
    const parsed = JSON.parse(stdout) as { total: unknown; client: { name: string; requests: number }[] };
    expect(parsed.total).toMatchObject({ requests: 3, errors: 1, cost: 0.75 });
    expect(parsed.client.map(({ name, requests }) => [name, requests])).toEqual([
      ['(без ключа)', 2],
      ['key-1', 1],
    ]);
  });

  it('says when there is nothing in that time', async () => {
    expect((await run(statsCommand, ['--to', '2020-01-01', '--from', '2019-01-01'])).stdout).toContain(
      'запросов нет',
    );
  });
});

describe('show', () => {
  it('prints the conversation with what is known of it, and obeys no escape in it', async () => {
    const { stdout } = await run(showCommand, ['aaa-2']);
    expect(stdout).toMatch(/Исход +error/);
    expect(stdout).toMatch(/Ошибка +timeout =cmd\(\)/);
    expect(stdout).toMatch(/── user ─+\nfirst line\nsecond "line"\n/);
    expect(stdout).toContain('\\u001b[31mred\\u202e');
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  });

  it('takes the beginning of an id, or the id that OpenRouter gave', async () => {
    expect((await run(showCommand, ['b'])).stdout).toMatch(/Запрос +bbb/);
    expect((await run(showCommand, ['gen-5'])).stdout).toMatch(/Запрос +bbb/);
    expect((await run(showCommand, ['bbb'])).stdout).toContain('Тексты не сохранены');
  });

  it('names the ids that a beginning fits, and says when there is none', async () => {
    const several = await run(showCommand, ['aaa']);
    expect([several.exitCode, several.stdout]).toEqual([1, '']);
    expect(several.stderr).toMatch(/aaa-1\n.*aaa-2/);
    expect((await run(showCommand, ['zzz'])).stderr).toContain('в аудите нет');
  });

  it('as JSON', async () => {
    const { stdout } = await run(showCommand, ['aaa-1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      requestId: 'aaa-1',
      messages: [{ role: 'user', content: 'привет' }],
      answer: { content: 'Hello' },
    });
  });
});

describe('export', () => {
  const file = (): string => join(folder, 'out', 'requests.csv');

  it('CSV with its texts: Russian for Excel, no formula, lines inside quotes', async () => {
    const argv = ['--bom', '--texts', '--out', 'out/requests.csv'];
    expect((await run(exportCommand, argv)).stderr).toContain('Записано запросов: 3');
    const text = readFileSync(file(), 'utf8');
    expect(text.startsWith('\ufeffrequestId,startedAt,')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(5);
    expect(text).toContain('привет');
    expect(text).toContain(",timeout,,'=cmd(),");
    expect(text).toContain('\\u001b[31mred');
    expect(readdirSync(join(folder, 'out'))).toEqual(['requests.csv']);
  });

  it('JSONL of what is asked for only', async () => {
    const { stdout } = await run(exportCommand, [
      '--format',
      'jsonl',
      '--outcome',
      'error',
      '--model',
      'a/b',
    ]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { requestId: string }).requestId),
    ).toEqual(['aaa-2']);
    expect((await run(exportCommand, ['--format', 'jsonl', '--from', 'now'])).stdout).toBe('');
  });

  it('Ctrl+C leaves no half of a file, and the old one as it was', async () => {
    await run(exportCommand, ['--out', 'out/requests.csv']);
    const before = readFileSync(file(), 'utf8');
    const { exitCode, stderr } = await run(exportCommand, ['--out', 'out/requests.csv', '--texts'], {
      signal: AbortSignal.abort(),
    });
    expect([exitCode, stderr]).toEqual([130, 'Прервано, файл out/requests.csv не создан.\n']);
    expect(readFileSync(file(), 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'out'))).toEqual(['requests.csv']);
  });

  it('says when the file cannot be written', async () => {
    const { exitCode, stderr } = await run(exportCommand, ['--out', '.env/x.csv']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Не могу записать .env/x.csv');
  });
});

it.each([
  ['without OR_DB_PATH', '', /OR_DB_PATH не задан[\s\S]*OR_DB_PATH=data\/audit\.db/],
  ['without the file', 'OR_DB_PATH=nope.db', /there is no file[\s\S]*Файл появится/],
  ['with a damaged file', 'OR_DB_PATH=.env', /is damaged/],
])('%s each command says what to do', async (_name, line, expected) => {
  writeFileSync(join(folder, '.env'), `${line}\n${'#'.repeat(2_000)}\n`);
  for (const command of [statsCommand, exportCommand]) {
    const { exitCode, stderr } = await run(command, []);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(expected);
  }
  expect(existsSync(join(folder, 'nope.db'))).toBe(false);
});
