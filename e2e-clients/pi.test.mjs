// pi, the lightest of the coding agents: it works with files as Copilot's agent mode does.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DISCONNECTED, makeMark } from './expectations.mjs';
import { makeFolder, root, spawnGroup, startStack, until, withoutSettings } from './stack.mjs';

const TIMEOUT = { timeout: 60_000 };
const entry = join(root, 'e2e-clients/node_modules/@mariozechner/pi-coding-agent/dist/cli.js');
const models = ['orcestator', 'sim/err-404-tools', 'sim/mid-m1', 'sim/stall-after:5'];

let stack;
let folder;
before(async () => {
  stack = await startStack();
  folder = await makeFolder();
  const provider = {
    baseUrl: stack.baseUrl,
    api: 'openai-completions',
    apiKey: 'test',
    models: models.map((id) => ({ id })),
  };
  await mkdir(join(folder.path, 'home'));
  const file = join(folder.path, 'home', 'models.json');
  await writeFile(file, JSON.stringify({ providers: { orcestator: provider } }));
});
after(async () => {
  await stack?.stop();
  await folder?.remove();
});

/** One prompt, not interactive; `kill` it afterwards. */
function startPi(model, prompt) {
  const home = join(folder.path, 'home');
  const args = [entry, '-p', '--no-session', '--provider', 'orcestator', '--model', model, prompt];
  const env = {
    ...withoutSettings(process.env),
    HOME: home,
    PI_CODING_AGENT_DIR: home,
    PI_OFFLINE: '1',
    PI_TELEMETRY: '0',
  };
  return spawnGroup(process.execPath, args, { cwd: folder.path, env });
}

async function runPi(model, prompt) {
  const pi = startPi(model, prompt);
  const { code } = await pi.ended;
  await pi.kill();
  return { code, output: pi.output() };
}

describe('pi', () => {
  test('creates a file through a tool call', TIMEOUT, async () => {
    const path = join(folder.path, 'notes.txt');
    const { code, output } = await runPi('orcestator', `Создай файл ${path} с текстом "Привет от шлюза 🐋"`);
    assert.equal(await readFile(path, 'utf8').catch(String), 'Привет от шлюза 🐋', output);
    assert.match(output, /Готово\. Инструмент ответил/);
    assert.equal(code, 0);
  });

  test('creates two files through parallel calls', TIMEOUT, async () => {
    const path = join(folder.path, 'pair.txt');
    const { code, output } = await runPi(
      'orcestator',
      `Create two files: ${path} with the text "Hello twice"`,
    );
    for (const file of [path, join(folder.path, 'pair-2.txt')]) {
      assert.equal(await readFile(file, 'utf8').catch(String), 'Hello twice', output);
    }
    assert.equal(code, 0);
  });

  for (const [model, text] of [
    ['sim/err-404-tools', /404 No endpoints found that support tool use/],
    ['sim/mid-m1', DISCONNECTED],
  ]) {
    test(`shows the text of ${model} and fails`, TIMEOUT, async () => {
      const { code, output } = await runPi(model, 'hi');
      assert.match(output, text);
      assert.equal(code, 1);
    });
  }

  test('Ctrl+C stops the upstream within a second', TIMEOUT, async () => {
    const mark = makeMark();
    const pi = startPi('sim/stall-after:5', mark);
    await until('five tokens', async () => (await stack.requests(mark))[0]?.eventTimes.length >= 5, 30_000);
    const cancelled = Date.now();
    pi.signal('SIGINT');
    assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
    await pi.ended;
    await pi.kill();
  });
});
