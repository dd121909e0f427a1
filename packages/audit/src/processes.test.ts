/** Several processes on one file, and one that is killed. Runs the built package. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { openAuditReader } from './audit-reader';
import { openToWrite } from './open-database';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(folder, 'audit.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, rows: number) {
  const child = spawn(process.execPath, [
    join(__dirname, '__fixtures__', 'writer.cjs'),
    path,
    name,
    String(rows),
  ]);
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  return { child, ended: once(child, 'exit'), lines: () => output.trim().split('\n') };
}

async function ids(): Promise<string[]> {
  const reader = await openAuditReader(path);
  const found: string[] = [];
  for await (const page of reader.pages({ from: 0, to: Number.MAX_SAFE_INTEGER }, true))
    found.push(...page.filter(({ texts }) => texts).map(({ row }) => row.requestId));
  await reader.close();
  return found;
}

it('two processes that begin one file together lose nothing', async () => {
  const both = [run('a', 1_000), run('b', 1_000)];
  await Promise.all(both.map(({ ended }) => ended));
  const found = await ids();
  expect(new Set(found).size).toBe(2_000);
  expect(found).toHaveLength(2_000);
});

it('after kill -9 under load the file opens clean, short of a second at most', async () => {
  const { child, ended, lines } = run('a', 1_000_000);
  await eventually(() => Number(lines().at(-1)?.split(' ')[0]) > 3_000, 20_000);
  const killedAt = Date.now();
  child.kill('SIGKILL');
  await ended;
  const handedOver = lines().map((line) => line.split(' ').map(Number));
  const before = handedOver.findLast(([, at]) => (at ?? 0) < killedAt - 1_000)?.[0] ?? 0;
  const source = await openToWrite({ path });
  expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  await source.destroy();
  expect((await ids()).length).toBeGreaterThanOrEqual(before);
});
