/** Two thousand requests in the same moment, against four processes: all are answered, all are in the log and the audit. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditReader } from '@orcestator/audit';
import { eventually } from '@orcestator/service-kit/testing';
import { TrafficReader } from '@orcestator/worker';
import { freePorts, TestProcess } from '../stack/process-stack';

jest.setTimeout(180_000);

const COUNT = 2_000;
const names = ['openrouter-simulator', 'controller', 'worker', 'api-server'] as const;
const agent = new Agent({ maxSockets: Infinity });
let folder: string;
let processes: TestProcess[] = [];
let api: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'burst-'));
  const [simulator = 0, controller = 0, worker = 0, port = 0] = await freePorts(4);
  api = port;
  const env = {
    OR_HOST: '127.0.0.1',
    OR_PORT: String(api),
    OR_CONTROLLER_PORT: String(controller),
    OR_WORKER_PORT: String(worker),
    OR_SIMULATOR_PORT: String(simulator),
    OR_BASE_URL: `http://127.0.0.1:${simulator}/api/v1`,
    OR_API_KEY: 'sk-or-v1-burst',
    OR_LOG_FILE: join(folder, 'traffic.log'),
    OR_DB_PATH: join(folder, 'audit.db'),
  };
  processes = names.map((name) => new TestProcess(`${name}/dist/main.js`, [], env, folder));
  for (const one of processes) await one.hasPrinted('listening');
  await processes[2]?.hasPrinted('registered at the controller');
});
afterAll(async () => {
  agent.destroy();
  for (const one of processes) await one.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves with the status and the last line of the answer. */
function ask(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port: api, path: '/v1/chat/completions', method: 'POST', agent };
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
  const rows = new TrafficReader().push(readFileSync(join(folder, 'traffic.log')));
  expect(rows.map(({ user }) => user).sort()).toEqual([...texts].sort());
  await eventually(async () => {
    const reader = await openAuditReader(join(folder, 'audit.db'));
    let count = 0;
    for await (const page of reader.pages({ from: 0, to: Number.MAX_SAFE_INTEGER }, false))
      count += page.length;
    await reader.close();
    return count === COUNT;
  }, 20_000);
});
