/** What the worker's audit keeps of real requests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditReader, type StoredConversation } from '@orcestator/audit';
import { CLIENT_HEADER } from '@orcestator/protocol';
import { createRedact } from '@orcestator/service-kit';
import { createTestKit, eventually } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from '../testing/worker-stage';

const KEY = 'sk-or-v1-testkey';
const PLANTED = 'the key is hunter2hunter2';
const usage = {
  prompt_tokens: 9,
  completion_tokens: 2,
  total_tokens: 11,
  cost: 0.5,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 1 },
};

let folder: string;
let stage: WorkerStage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-audit-'));
  stage = new WorkerStage();
});
afterEach(async () => {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, 'audit.db');
const start = (env: Record<string, string> = {}): Promise<void> =>
  stage.start(
    { OR_DB_PATH: path(), ...env },
    createTestKit({ redact: createRedact([KEY, 'hunter2hunter2']) }),
  );

/** The requests written so far; waits for as many. */
async function kept(count: number): Promise<StoredConversation[]> {
  let found: StoredConversation[] = [];
  await eventually(async () => {
    const reader = await openAuditReader(path()).catch(() => undefined);
    if (!reader) return false;
    found = [];
    for await (const page of reader.pages({ from: 0, to: Number.MAX_SAFE_INTEGER }, true))
      found.push(...page);
    await reader.close();
    return found.length >= count;
  });
  return found;
}

function answer(): void {
  stage.script = (response) => {
    const chunk = (fields: object): string =>
      `data: ${JSON.stringify({ id: 'gen-1', created: 1, model: 'openai/gpt-4o-mini', provider: 'Azure', ...fields })}\n\n`;
    eventStream(response).end(
      [
        chunk({
          choices: [{ index: 0, delta: { role: 'assistant', content: 'Hello', reasoning: 'thinking' } }],
        }),
        chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
        'data: [DONE]\n\n',
      ].join(''),
    );
  };
}

it('who asked what, what came back, which model really answered, what it cost', async () => {
  answer();
  await start();
  const headers = { 'x-request-id': 'request-7', 'user-agent': 'test/1', [CLIENT_HEADER]: 'key-1a2b3c4d' };
  const tools = [{ type: 'function', function: { name: 'read_file', parameters: {} } }];
  await (await stage.chat({ stream: true, temperature: 0, tools }, { headers })).text();
  const [found] = await kept(1);
  expect(found?.row).toMatchObject({
    requestId: 'request-7',
    client: 'key-1a2b3c4d',
    userAgent: 'test/1',
    requestedModel: 'orcestator',
    upstreamModel: 'openai/gpt-4o-mini',
    provider: 'Azure',
    isStream: true,
    messageCount: 1,
    toolCount: 1,
    outcome: 'ok',
    errorKind: null,
    finishReason: 'stop',
    generationId: 'gen-1',
    promptTokens: 9,
    completionTokens: 2,
    cachedTokens: 4,
    reasoningTokens: 1,
    cost: 0.5,
    usageSource: 'stream',
  });
  expect(found?.row.firstTokenMs).toBeLessThanOrEqual(found?.row.durationMs ?? -1);
  expect(JSON.parse(found?.texts?.messages ?? '')).toEqual([{ role: 'user', content: 'hi' }]);
  expect(JSON.parse(found?.texts?.parameters ?? '')).toEqual({
    model: 'orcestator',
    stream: true,
    temperature: 0,
    tools: ['read_file'],
  });
  expect(JSON.parse(found?.texts?.answer ?? '')).toEqual({
    role: 'assistant',
    content: 'Hello',
    reasoning: 'thinking',
  });
});

it('a request that upstream refuses is kept with its error', async () => {
  stage.script = (response) =>
    void response.writeHead(402).end('{"error":{"message":"no money","code":402}}');
  await start();
  await stage.chat();
  const [found] = await kept(1);
  expect(found?.row).toMatchObject({
    outcome: 'error',
    errorKind: 'upstream_credits',
    errorCode: 'upstream_insufficient_credits',
    isStream: false,
    promptTokens: null,
    cost: null,
  });
  expect(found?.row.errorMessage).toContain('no money');
});

it('only metadata where that is wanted', async () => {
  answer();
  await start({ OR_AUDIT_CONTENT: 'metadata' });
  await (await stage.chat()).text();
  const [found] = await kept(1);
  expect(found?.row.outcome).toBe('ok');
  expect(found?.texts).toBeUndefined();
});

it('a key planted anywhere is in no row', async () => {
  stage.script = (response, { body }) => {
    if (body.model === 'a/error')
      return void response.writeHead(400).end(JSON.stringify({ error: { message: `${PLANTED} ${KEY}` } }));
    const fields = { id: 'gen-1', created: 1, model: KEY, provider: KEY };
    const delta = { content: PLANTED, reasoning: PLANTED, tool_calls: [call(PLANTED)] };
    eventStream(response).end(
      `data: ${JSON.stringify({ ...fields, choices: [{ index: 0, delta, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
    );
  };
  const call = (text: string) => ({
    index: 0,
    id: 'c1',
    type: 'function',
    function: { name: KEY, arguments: text },
  });
  await start();
  const headers = { 'user-agent': KEY, 'x-request-id': KEY, 'x-session-id': KEY, [CLIENT_HEADER]: KEY };
  const messages = [{ role: 'user', content: [{ type: 'text', text: PLANTED }], [KEY]: 1 }];
  await (await stage.chat({ messages, user: KEY, [KEY]: KEY }, { headers })).text();
  await (await stage.chat({ messages, model: 'a/error' }, { headers })).text();
  await (await stage.chat({ messages, model: KEY }, { headers })).text();
  expect(await kept(3)).toHaveLength(3);
  await stage.close();
  const bytes = readFileSync(path(), 'latin1');
  expect(bytes).toContain('[hidden]');
  expect(bytes).not.toContain('hunter2hunter2');
  expect(bytes).not.toContain(KEY);
});

it('a picture leaves its size and hash, not its bytes', async () => {
  answer();
  await start();
  const url = `data:image/png;base64,${'QUJD'.repeat(10_000)}`;
  const content = [{ type: 'image_url', image_url: { url } }];
  await (await stage.chat({ messages: [{ role: 'user', content }] })).text();
  const [found] = await kept(1);
  expect(found?.texts?.messages).toMatch(/\[data:image\/png, 40022 characters, sha256 [0-9a-f]{16}\]/);
});

it('the last requests are written at an orderly end', async () => {
  answer();
  await start();
  for (let index = 0; index < 20; index += 1) await (await stage.chat()).text();
  await stage.close();
  expect(await kept(20)).toHaveLength(20);
});
