// `node e2e-vscode/run.mjs [--no-build]`: the real VS Code with Copilot in Agent mode against the gateway's demo.
// Prepares what is missing, runs the checks one after another, ends everything it started.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChat } from './src/chat.mjs';
import { createChecks, MODEL_CHECK, models } from './src/checks.mjs';
import { endAll, marked } from './src/children.mjs';
import { startEditor } from './src/editor.mjs';
import { startGateway } from './src/gateway.mjs';
import { prepare } from './src/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const startedAt = Date.now();
let isInterrupted = false;
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function main() {
  const tools = await prepare();
  const shots = join(tools.cache, 'screenshots');
  for (const old of [
    shots,
    ...['build', 'gateway', 'copilot', 'code-server'].map((name) => join(tools.cache, `${name}.log`)),
  ])
    rmSync(old, { recursive: true, force: true });
  mkdirSync(shots, { recursive: true });
  console.log(`prepared in ${seconds(startedAt)}: ${tools.cache}`);
  const gateway = await startGateway({
    root,
    cache: tools.cache,
    build: !process.argv.includes('--no-build'),
  });
  const { url, workspace, user } = await startEditor({ ...tools, root, gateway, models });
  const chat = await openChat({ ...tools, url, shots });
  const { vscode, copilot } = tools.versions;
  console.log(`VS Code ${vscode}, Copilot ${copilot}, Chromium ${chat.version}, Node.js ${process.version}`);
  const result = await runChecks(createChecks({ chat, gateway, workspace, user }), chat);
  await chat.close().catch(() => undefined);
  return result;
}

/** One line a check, what was seen beneath it; a screenshot after each. */
async function runChecks(checks, chat) {
  const count = { passed: 0, failed: 0 };
  for (const [name, check] of Object.entries(checks)) {
    const since = Date.now();
    const [mark, seen] = await check().then(
      (text) => ['pass', text],
      (error) => ['FAIL', error.message.replace(/\n(?:Call log|Browser logs):[\s\S]*/, '')],
    );
    if (isInterrupted) break;
    count[mark === 'pass' ? 'passed' : 'failed'] += 1;
    console.log(`${mark}  ${name} (${seconds(since)})\n      ${seen}`);
    await chat.shot(name).catch(() => undefined);
    // Without the model there is nobody to ask.
    if (mark === 'FAIL' && name === MODEL_CHECK) break;
  }
  return count;
}

async function cleanUp() {
  const left = await endAll();
  console.log(left.length === 0 ? 'no process is left behind' : `still running: ${left.join(', ')}`);
  return left.length;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    console.log(`${signal}: ending ${marked().length} processes …`);
    void cleanUp().then(() => process.exit(130));
  });
}

main()
  .catch((error) => {
    if (!isInterrupted) console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  })
  .then(async ({ passed, failed }) => {
    if (isInterrupted) return;
    const left = await cleanUp();
    console.log(`took ${seconds(startedAt)}`);
    console.log(`${passed} passed, ${failed + left} failed`);
    process.exit(failed + left === 0 ? 0 : 1);
  });
