/** Two thousand requests with hostile texts: as many rows, each parsed by readers that are not ours, each text back. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { TrafficReader } from '@orcestator/worker';
import { InProcessStack } from '../stack/in-process-stack';
import { startEchoUpstream } from './echo-upstream';

jest.setTimeout(240_000);

/** All in one process here, so that each costs eight sockets; burst.test.ts has two thousand at once. */
const AT_ONCE = 200;
const KEY = 'sk-or-v1-planted-key-of-the-gateway';
const kinds = [
  'plain',
  'tab\there',
  'line\nbreak\r\nand\rmore',
  'say "hi", \'she\'; said',
  'nul \u0000 bell \u0007',
  '\u001b[31mred\u001b[0m\u009b2J',
  "=cmd|'/c calc'!A0",
  '- list\n- of\n=1+1;@x',
  'Привет, мир 🐋 👩‍👩‍👧',
  'back\\slash \\n \\u0041 C:\\users',
  '\ufeffbom \u2028 \u202e',
  ' padded ',
];
const big = 'ж'.repeat(500_000);
const textOf = (n: number): string => (n % 500 === 7 ? `${n} ${big}` : `${kinds[n % kinds.length]} #${n}`);

/** The count of rows and columns as Python's csv module, or a split by tabs, sees them. */
const python = `
import csv, json, sys
path, kind = sys.argv[1], sys.argv[2]
csv.field_size_limit(10**9)
if kind == 'csv':
    rows = list(csv.reader(open(path, encoding='utf-8-sig', newline=''), strict=True))
else:
    rows = [line.split('\\t') for line in open(path, encoding='utf-8', newline='\\n').read().rstrip('\\n').split('\\n')]
print(json.dumps([rows[0], len(rows) - 1, sorted(set(map(len, rows))),
  sum(1 for row in rows for cell in row if cell[:1] in ('=', '+', '-', '@'))]))
`;

let upstream: { url: string; server: Server };
let stack: InProcessStack;
afterEach(async () => {
  await stack.stop();
  upstream.server.close();
});

async function start(format: string): Promise<void> {
  upstream = await startEchoUpstream();
  const env = { OR_TRAFFIC_FORMAT: format, OR_BASE_URL: upstream.url, OR_API_KEY: KEY, OR_MAX_RETRIES: '0' };
  stack = await InProcessStack.start({ env });
}

const ask = (content: string, headers: Record<string, string> = {}): Promise<Response> =>
  stack.chat({ stream: true, messages: [{ role: 'user', content }] }, { headers });

it.each([
  ['tsv', 2_000],
  ['csv', 500],
])('%s, %i requests', async (format, count) => {
  await start(format);
  const numbers = [...Array(count).keys()];
  const answers: number[] = [];
  const client = async (): Promise<void> => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) {
      const answer = await ask(textOf(n));
      await answer.text();
      answers.push(answer.status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  expect(new Set(answers)).toEqual(new Set([200]));
  const bytes = readFileSync(stack.logFile);
  const reader = new TrafficReader();
  const rows = reader.push(bytes);
  expect([rows.length, reader.strangeLines]).toEqual([count, 0]);
  const shown = (text: string): string =>
    [...text].length > 4_000 ? `${[...text].slice(0, 4_000).join('')}…[+${[...text].length - 4_000}]` : text;
  const expected = [...Array(count).keys()].map((n) => shown(textOf(n))).sort();
  expect(rows.map(({ user }) => user).sort()).toEqual(expected);
  expect(rows.map(({ assistant }) => assistant).sort()).toEqual(expected);

  const judged = spawnSync('python3', ['-c', python, stack.logFile, format], { encoding: 'utf8' });
  if (judged.error) process.stdout.write('python3 is not here: its csv module was not asked\n');
  else {
    const [columns, rowCount, lengths, formulas] = JSON.parse(judged.stdout) as [
      string[],
      number,
      number[],
      number,
    ];
    expect(columns).toEqual(['ISO-timestamp', 'user', 'assistant', 'ptok', 'ctok', 'latency_ms']);
    expect([rowCount, lengths]).toEqual([count, [6]]);
    if (format === 'csv') expect(formulas).toBe(0);
  }
});

it('a planted key is in no log, no metric and no error', async () => {
  await start('tsv');
  const seen: string[] = [];
  for (const text of [`my key is ${KEY}`, `fail ${KEY}`]) {
    const answer = await ask(text, {
      authorization: `Bearer ${KEY}`,
      'x-request-id': KEY.slice(0, 20),
      'x-key': KEY,
    });
    const body = await answer.text();
    if (answer.status !== 200) seen.push(body);
  }
  for (const { url, logger } of [stack.api, stack.controller, stack.worker])
    seen.push(await (await fetch(`${url}/metrics`)).text(), logger.lines.join('\n'));
  seen.push(readFileSync(stack.logFile, 'utf8'));
  expect(seen.join('\n')).toContain('[hidden]');
  for (const text of seen) expect(text).not.toContain('planted-key');
});
