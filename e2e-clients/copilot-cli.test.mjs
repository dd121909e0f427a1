// GitHub Copilot CLI, the engine of Copilot's agent sessions, in its offline mode with the gateway as its model provider.
// It is started only where it cannot reach GitHub: in a network namespace with nothing but loopback (run.mjs makes one).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CREDITS, DISCONNECTED, makeMark } from './expectations.mjs';
import { isOffline } from './namespace.mjs';
import { makeFolder, root, spawnGroup, startStack, until, withoutSettings } from './stack.mjs';

const TIMEOUT = { timeout: 120_000 };
const skip = isOffline()
  ? false
  : 'this machine has a network: run it through run.mjs, as root on Linux with iproute2';
const entry = join(root, 'e2e-clients/node_modules/@github/copilot/npm-loader.js');

let stack;
let folder;
before(async () => {
  if (skip) return;
  stack = await startStack();
  folder = await makeFolder();
});
after(async () => {
  await stack?.stop();
  await folder?.remove();
});

/** One prompt, not interactive, all tools allowed; `kill` it afterwards. The first start unpacks 260 MB into its home. */
function startCopilot(model, prompt) {
  const env = {
    ...withoutSettings(process.env),
    HOME: join(folder.path, 'home'),
    COPILOT_PROVIDER_BASE_URL: stack.baseUrl,
    COPILOT_PROVIDER_TYPE: 'openai',
    COPILOT_PROVIDER_API_KEY: 'test',
    COPILOT_MODEL: model,
    COPILOT_OFFLINE: 'true',
  };
  return spawnGroup(process.execPath, [entry, '-p', prompt, '--allow-all-tools'], { cwd: folder.path, env });
}

async function runCopilot(model, prompt) {
  const copilot = startCopilot(model, prompt);
  const { code } = await copilot.ended;
  await copilot.kill();
  return { code, output: copilot.output() };
}

describe('GitHub Copilot CLI', { skip }, () => {
  test('creates a file through a tool call', TIMEOUT, async () => {
    const path = join(folder.path, 'greeting.txt');
    // "example" is also what the simulator puts into a parameter that it cannot name.
    const { code, output } = await runCopilot(
      'orcestator',
      `Create the file ${path} with the text "example"`,
    );
    assert.equal(await readFile(path, 'utf8').catch(String), 'example', output);
    assert.match(output, /Done\. The tool answered: Created file/);
    assert.equal(code, 0);
  });
});

// Most of their time is Copilot's waiting between retries: five of them for an error inside the stream.
describe('GitHub Copilot CLI, errors and cancels', { skip, concurrency: true }, () => {
  for (const [moment, model, tokens] of [
    ['the first token', 'sim/slow-first-token:30', 0],
    ['the end', 'sim/stall-after:5', 5],
  ]) {
    test(`Ctrl+C before ${moment} stops the upstream within a second`, TIMEOUT, async () => {
      const mark = makeMark();
      const copilot = startCopilot(model, mark);
      await until(
        'it streams',
        async () => (await stack.requests(mark))[0]?.eventTimes.length >= tokens,
        60_000,
      );
      const cancelled = Date.now();
      copilot.signal('SIGINT');
      assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
      await copilot.ended;
      await copilot.kill();
      assert.equal((await stack.requests(mark)).length, 1);
    });
  }

  for (const [model, text, requests] of [
    ['sim/err-400-context', /400 This endpoint's maximum context length is 131072/, 1],
    // A 502 is repeated five times, unless the answer says that it cannot help.
    ['sim/err-402', CREDITS, 1],
    ['sim/mid-m1', DISCONNECTED, 6],
  ]) {
    test(`shows the text of ${model} and fails`, TIMEOUT, async () => {
      const mark = makeMark();
      const { code, output } = await runCopilot(model, mark);
      assert.match(output, text);
      assert.equal(code, 1);
      assert.equal((await stack.requests(mark)).length, requests);
    });
  }

  // Copilot keeps only the last of the details with one index, the signature without its text; the gateway knows the whole.
  test('goes on after a tool with a model that wants its reasoning back', TIMEOUT, async () => {
    const mark = makeMark();
    const { code, output } = await runCopilot('sim/reasoning-required', mark);
    assert.match(output, /It is sunny in Oslo\./);
    assert.equal(code, 0);
    assert.equal((await stack.requests(mark)).length, 2);
  });
});
