/** `orcestator logs` as a user calls it, without a process: what it prints and with which code it ends. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { AuditReader } from '@orcestator/audit';
import { eventually } from '@orcestator/service-kit/testing';
import type { ReadRow } from '@orcestator/worker';
import { logsCommand } from '../commands/logs';
import { fit, oneLine } from './text-width';
import { modelMatches } from './model-filter';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logs '));
  path = join(folder, 'traffic.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const header = 'ISO-timestamp\tuser\tassistant\tptok\tctok\tlatency_ms\n';
const line = (time: string, user: string, assistant = 'a'): string =>
  `${time}\t${user}\t${assistant}\t1\t2\t1500\n`;
const at = (hour: number): string => `2026-11-26T${String(hour).padStart(2, '0')}:00:00.000Z`;

function start(args: string[], isTerminal = false) {
  const abort = new AbortController();
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    streams[name].on('data', (piece: Buffer) => (text[name] += piece.toString()));
  const env = { OR_LOG_FILE: 'traffic.log' };
  const context = { env, folder, ...streams, isTerminal, columns: 80, signal: abort.signal };
  return { text, abort, code: logsCommand.run(args, context) };
}

async function run(args: string[], isTerminal = false) {
  const { text, code } = start(args, isTerminal);
  return { code: await code, ...text };
}

const users = (stdout: string): string[] =>
  stdout
    .trim()
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => (JSON.parse(text) as { user: string }).user);

it('says what to do when there is no log', async () => {
  const { code, stderr } = await run([]);
  expect(code).toBe(1);
  expect(stderr).toContain(path);
  expect(stderr).toContain('OR_LOG_FILE');
});

describe('with a log and a file put aside', () => {
  beforeEach(() => {
    writeFileSync(
      join(folder, 'traffic-2026-11-26T09-30-00Z.log'),
      header + line(at(8), 'u8') + line(at(9), 'u9'),
    );
    writeFileSync(
      path,
      header + line(at(10), 'u10', 'x\\n[cancelled]') + line(at(11), 'Привет', '[error: no credit]'),
    );
  });

  it.each([
    [[], ['u8', 'u9', 'u10', 'Привет']],
    [['--lines', '1'], ['Привет']],
    [
      ['--lines', '3'],
      ['u9', 'u10', 'Привет'],
    ],
    [
      ['--from', at(9)],
      ['u9', 'u10', 'Привет'],
    ],
    [
      ['--from', at(9), '--to', at(11)],
      ['u9', 'u10'],
    ],
    [['--outcome', 'error'], ['Привет']],
    [['--outcome', 'cancelled'], ['u10']],
    [['--grep', 'ПРИВЕТ'], ['Привет']],
  ])('%j shows %j', async (args, shown) => {
    const { code, stdout } = await run([...args, '--json']);
    expect(code).toBe(0);
    expect(users(stdout)).toEqual(shown);
  });

  it('a JSON line has the columns and the outcome', async () => {
    const { stdout } = await run(['--json', '--lines', '1']);
    expect(JSON.parse(stdout)).toEqual({
      time: at(11),
      user: 'Привет',
      assistant: '[error: no credit]',
      ptok: 1,
      ctok: 2,
      latency_ms: 1500,
      outcome: 'error',
    });
  });

  it('in a terminal each line has its width, and errors a colour', async () => {
    const { stdout } = await run([], true);
    const plain = stdout
      .replaceAll(/\u001b\[\d*m/g, '')
      .trimEnd()
      .split('\n');
    expect(plain).toHaveLength(5);
    for (const text of plain) expect(text).toHaveLength(80);
    expect(stdout).toContain('\u001b[31m');
  });

  it('on a pipe texts are whole and without colour', async () => {
    appendFileSync(path, line(at(12), 'x'.repeat(500)));
    const { stdout } = await run(['--lines', '1']);
    expect(stdout).toContain('x'.repeat(500));
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    [['--model', 'openai/gpt-4o', '--follow'], '--follow'],
    [['--from', 'soon'], 'yesterday'],
    [['--outcome', 'bad'], 'cancelled'],
  ])('%j is refused with the remedy', async (args, remedy) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(remedy);
  });

  it('--model needs the audit and says how to get it', async () => {
    const { code, stderr } = await run(['--model', 'openai/gpt-4o']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('OR_DB_PATH')]);
  });

  it('follows: new rows, a file put aside, a file emptied; Ctrl+C ends with 0', async () => {
    const { text, abort, code } = start(['--follow', '--json', '--lines', '3']);
    await eventually(() => users(text.stdout).length === 3);
    appendFileSync(path, line(at(12), 'u12').slice(0, 30));
    appendFileSync(path, line(at(12), 'u12').slice(30));
    await eventually(() => users(text.stdout).length === 4);
    appendFileSync(path, line(at(13), 'u13'));
    renameSync(path, join(folder, 'traffic-2026-11-26T13-30-00Z.log'));
    writeFileSync(path, header + line(at(14), 'u14'));
    await eventually(() => users(text.stdout).length === 6);
    writeFileSync(path, header);
    await new Promise((resolve) => setTimeout(resolve, 300));
    appendFileSync(path, line(at(15), 'u15'));
    await eventually(() => users(text.stdout).length === 7);
    abort.abort();
    expect(await code).toBe(0);
    expect(users(text.stdout)).toEqual(['u9', 'u10', 'Привет', 'u12', 'u13', 'u14', 'u15']);
  });
});

it.each([
  ['abc', 5, 'abc  '],
  ['abcdef', 5, 'abcd…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日… '],
  ['e\u0301e\u0301e\u0301', 3, 'e\u0301e\u0301e\u0301'],
  ['👩‍👩‍👧x', 3, '👩‍👩‍👧x'],
])('%j in %i columns is %j', (text, columns, shown) => {
  expect(fit(text, columns)).toBe(shown);
});

it('nothing reaches the terminal that moves its cursor', () => {
  expect(oneLine('a\u001b[2J\r\nb\u0007\u202e')).toBe('a·[2J ⏎ b··');
});

it('the rows of a model are those whose end and duration the audit knows', async () => {
  const endedAt = Date.UTC(2026, 10, 26, 12);
  const reader = {
    // eslint-disable-next-line @typescript-eslint/require-await
    pages: async function* ({ model }: { model?: string }) {
      if (model === 'a/b') yield [{ row: { startedAt: endedAt - 1_500, durationMs: 1_500 } }];
    },
  } as unknown as AuditReader;
  const row = (latencyMs: number) => ({ endedAt: new Date(endedAt), latencyMs }) as ReadRow;
  const matches = await modelMatches(reader, { model: 'a/b', from: 0, to: Infinity });
  expect([matches(row(1_500)), matches(row(1_501))]).toEqual([true, false]);
  const other = await modelMatches(reader, { model: 'c/d', from: 0, to: Infinity });
  expect(other(row(1_500))).toBe(false);
});
