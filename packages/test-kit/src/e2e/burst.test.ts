/** Two thousand requests in the same moment, against four processes: all are answered, all are in the log and the audit. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { openAuditReader } from '@orcestator/audit';
import { eventually } from '@orcestator/service-kit/testing';
import { TrafficReader } from '@orcestator/worker';
import { FourProcesses } from '../stack/four-processes';

jest.setTimeout(180_000);

const COUNT = 2_000;
const agent = new Agent({ maxSockets: Infinity });
let stack: FourProcesses;

beforeAll(async () => {
  stack = await FourProcesses.start((folder) => ({
    OR_LOG_FILE: join(folder, 'traffic.log'),
    OR_DB_PATH: join(folder, 'audit.db'),
  }));
});
afterAll(async () => {
  agent.destroy();
  await stack.end();
});

/** Resolves with the status and the last line of the answer. */
function ask(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port: stack.apiPort, path: '/v1/chat/completions', method: 'POST', agent };
    const outgoing = request(options, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      answer.on('end', () => resolve(`${answer.statusCode} ${body.trimEnd().split('\n').at(-1)}`));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    const messages = [{ role: 'user', content: text }];
    outgoing.end(JSON.stringify({ model: 'sim/text:20', stream: true, messages }));
  });
}

it('every request is answered, and recorded once in both', async () => {
  const texts = Array.from({ length: COUNT }, (_, n) => `${n}\t"=cmd()"\n\u0000🐋`);
  const answers = await Promise.all(texts.map(ask));
  expect([...new Set(answers)]).toEqual(['200 data: [DONE]']);
  const rows = new TrafficReader().push(readFileSync(join(stack.folder, 'traffic.log')));
  expect(rows.map(({ user }) => user).sort()).toEqual([...texts].sort());
  await eventually(async () => {
    const reader = await openAuditReader(join(stack.folder, 'audit.db'));
    let count = 0;
    for await (const page of reader.pages({ from: 0, to: Number.MAX_SAFE_INTEGER }, false))
      count += page.length;
    await reader.close();
    return count === COUNT;
  }, 20_000);
});
