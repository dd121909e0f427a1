/** Servers added with `orcestator register`: found out, served in our form, left alone while they are away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiServerDefinition } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { eventually, startApp } from '@orcestator/service-kit/testing';
import { startOpenAiServer, type FakeOpenAiServer } from '../fakes/openai-server';
import { runInProcess, type RunningService } from '../stack/in-process-stack';
import { runCommand, type CommandResult } from '../stack/run-command';

let folder: string;
let controller: RunningService;
let api: RunningService;
let ollama: FakeOpenAiServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'direct-'));
  controller = await runInProcess(controllerDefinition, { OR_PROBE_INTERVAL: '0.05' });
  api = await runInProcess(apiServerDefinition, { OR_CONTROLLER_URL: controller.url });
  ollama = await startOpenAiServer(['llama3:latest', 'qwen:7b']);
});
afterEach(async () => {
  await ollama.close();
  await api.stop();
  await controller.stop();
  rmSync(folder, { recursive: true });
});

const orcestator = (name: string, ...argv: string[]): Promise<CommandResult> =>
  runCommand(name, argv, { OR_CONTROLLER_URL: controller.url }, folder);

const chat = (fields: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${api.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'llama3:latest', messages: [{ role: 'user', content: 'hi' }], ...fields }),
    ...init,
  });

const modelIds = async (): Promise<string[]> => {
  const list = (await (await fetch(`${api.url}/v1/models`)).json()) as { data: { id: string }[] };
  return list.data.map(({ id }) => id);
};

it('a server is found out, listed, asked, and removed', async () => {
  const added = await orcestator('register', `${ollama.url}/v1`);
  expect([added.exitCode, added.stdout]).toEqual([0, expect.stringContaining('llama3:latest, qwen:7b')]);
  expect(await modelIds()).toEqual(['llama3:latest', 'qwen:7b']);
  for (const model of ['llama3:latest', 'llama3', 'qwen:7b']) {
    const answer = await chat({ model });
    expect([answer.status, answer.headers.get('x-orcestator-upstream-model')]).toEqual([200, model]);
    expect(await answer.json()).toMatchObject({ model: 'orcestator', system_fingerprint: 'fp_ollama' });
  }
  const stream = await (await chat({ stream: true })).text();
  expect(stream.match(/"model":"orcestator"/g)).toHaveLength(4);
  expect(stream.endsWith('data: [DONE]\n\n')).toBe(true);
  expect((await orcestator('workers')).stdout).toMatch(
    /http:.*openai.*опрос раз в 0\.05 с.*llama3:latest, qwen:7b/,
  );
  expect(JSON.parse((await orcestator('workers', '--json')).stdout)).toMatchObject([
    { worker_name: ollama.url },
  ]);
  expect((await orcestator('unregister', `${ollama.url}/v1/`)).exitCode).toBe(0);
  expect((await orcestator('workers')).stdout).toContain('Воркеров нет');
  expect(await modelIds()).toEqual([]);
});

it('a server below a prefix keeps it', async () => {
  const proxied = await startOpenAiServer(['m'], '/llm/api');
  expect((await orcestator('register', `${proxied.url}/v1`)).exitCode).toBe(0);
  expect(await (await chat({ model: 'm' })).json()).toMatchObject({ model: 'orcestator' });
  await proxied.close();
});

it('a server that goes away comes back by itself, with new models', async () => {
  await orcestator('register', ollama.url);
  const port = Number(new URL(ollama.url).port);
  await ollama.close();
  await eventually(async () => (await modelIds()).length === 0);
  const refused = await chat();
  expect([refused.status, await refused.text()]).toEqual([
    503,
    expect.stringContaining('does not answer at the moment'),
  ]);
  expect((await orcestator('workers')).stdout).toContain('не отвечает');
  const again = createServer((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data: [{ id: 'new' }] })),
  );
  await new Promise<void>((resolve) => void again.listen(port, '127.0.0.1', resolve));
  await eventually(async () => (await modelIds()).includes('new'));
  again.closeAllConnections();
  await new Promise((resolve) => again.close(resolve));
});

it('names that the user has fixed are served whatever the server lists', async () => {
  const { stdout } = await orcestator('register', ollama.url, '--model-names', 'qwen:7b');
  expect(stdout).toContain('названы вами');
  expect(await modelIds()).toEqual(['qwen:7b']);
});

it("the server's error reaches the client in our shape", async () => {
  await orcestator('register', ollama.url, '--model-names', 'pulled-never');
  const answer = await chat({ model: 'pulled-never' });
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { error: { message: expect.stringContaining('try pulling it first') }, object: 'error', code: 40301 },
  ]);
});

it('a client that leaves closes the connection to the server', async () => {
  await orcestator('register', ollama.url);
  ollama.wordDelay = 200;
  const abort = new AbortController();
  const answer = await chat({ stream: true }, { signal: abort.signal });
  await answer.body?.getReader().read();
  abort.abort();
  await eventually(() => ollama.chats[0]?.isCut === true, 1_000);
});

it('two servers of one model share its requests', async () => {
  const second = await startOpenAiServer(['llama3:latest']);
  for (const { url } of [ollama, second]) await orcestator('register', url);
  for (const server of [ollama, second]) server.wordDelay = 20;
  await Promise.all(Array.from({ length: 12 }, async () => (await chat({ stream: true })).text()));
  expect(ollama.chats.length + second.chats.length).toBe(12);
  expect(Math.min(ollama.chats.length, second.chats.length)).toBeGreaterThanOrEqual(4);
  await second.close();
});

it('the gateway registered as a worker of its own asks no one for ever', async () => {
  await orcestator('register', api.url, '--model-names', 'mirror');
  const answer = await chat({ model: 'mirror' });
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('worker of its own')]);
});

describe('what cannot be added is refused with the remedy', () => {
  it.each([
    ['a server without models', (): Promise<FakeOpenAiServer> => startOpenAiServer([]), /ollama pull/],
    ['what is neither', () => startApp((_request, response) => response.end('<html>')), /перед \/v1/],
    [
      'a server with a key',
      () => startApp((request, response) => response.writeHead(request.method === 'GET' ? 401 : 404).end()),
      /OR_API_KEY.*--base-url/,
    ],
  ])('%s', async (_name, start, remedy) => {
    const server = await start();
    const { exitCode, stderr } = await orcestator('register', server.url);
    await server.close();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(remedy)]);
  });

  it.each([
    ['nobody there', ['http://127.0.0.1:9'], /Проверьте, что сервер запущен/],
    ['no address', [], /Не назван адрес/],
    ['nonsense', ['http://'], /не адрес/],
    ['a controller that is none', ['localhost:1', '--controller', 'SERVER'], /отвечает не контроллер/],
    ['no controller', ['localhost:1', '--controller', 'http://127.0.0.1:9'], /Контроллер не отвечает/],
  ])('%s', async (_name, argv, remedy) => {
    const given = argv.map((word) => (word === 'SERVER' ? ollama.url : word));
    const { exitCode, stderr } = await orcestator('register', ...given);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(remedy)]);
  });

  it('a stranger to the cluster', async () => {
    const secured = await runInProcess(controllerDefinition, { OR_CLUSTER_SECRET: 'the secret' });
    const env = { OR_CONTROLLER_URL: secured.url };
    const refused = await runCommand('register', [ollama.url], env, folder);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('OR_CLUSTER_SECRET')]);
    const known = await runCommand(
      'register',
      [ollama.url],
      { ...env, OR_CLUSTER_SECRET: 'the secret' },
      folder,
    );
    expect(known.exitCode).toBe(0);
    await secured.stop();
  });

  it('an unknown worker is not removed', async () => {
    const { exitCode, stderr } = await orcestator('unregister', 'http://localhost:1');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Такого воркера нет')]);
  });
});
