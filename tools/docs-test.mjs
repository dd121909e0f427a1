// `node tools/docs-test.mjs [DOCUMENT ...]`: runs every command of the README and of the two INSTALL documents, read from the documents, each
// document in a fresh clone, with the simulator in place of OpenRouter and free ports in place of the usual ones.
// Bash as it is; PowerShell by the table of tools/docs/powershell.mjs. Prints what a person must try; ends with `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from './copy-project.mjs';
import { commandsOf, readBlocks } from './docs/blocks.mjs';
import { missingLines } from './docs/expected.mjs';
import { toBash } from './docs/powershell.mjs';
import { createSyntaxCheck } from './docs/powershell-syntax.mjs';
import { Shell } from './docs/shell.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const all = ['README.md', 'INSTALL_win11_no_docker.md', 'INSTALL_docker.md'];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
const documents = wanted.filter((name) => existsSync(join(root, name)));
const hasEngine = spawnSync('docker', ['info'], { timeout: 10_000 }).status === 0;

const hasCompose2 = spawnSync('docker', ['compose', 'version'], { timeout: 10_000 }).status === 0;
const compose = hasCompose2 ? 'docker compose' : 'docker-compose';

const parent = mkdtempSync(join(tmpdir(), 'orcestator-docs-'));
const ports = await freePorts(['api', 'controller', 'worker', 'simulator', 'upstream', 'second']);
const tally = { passed: 0, failed: 0 };
const manual = [];

/** What no machine should run unasked, in whatever document it stands. */
const byHand = [
  [/pnpm@12 test\b/, 'the tests themselves'],
  [/^(?:winget|wsl|notepad) /, 'is in Windows only'],
  [/^sudo /, 'needs root'],
  ...(hasCompose2 ? [] : [[/^docker compose version/, 'Compose 2 is not here, docker-compose is used']]),
  [/^docker (?:builder prune|image rm) /, 'would remove what others use'],
  [/^docker compose --profile monitoring up/, 'fetches images of others; tools/docker-test.mjs tries it'],
];
/** Blocks without a language are commands where they look like one, settings for `.env` where they look like that, else pictures. */
const looksLikeCommand = /^(?:npx|npm|node|git|curl|docker|cd|cp|mkdir|export|sudo) /;
const looksLikeSetting = /^[A-Z][A-Z_]+=\S/;

async function freePorts(names) {
  const open = () =>
    new Promise((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
  const servers = await Promise.all(names.map(open));
  const entries = names.map((name, index) => [name, servers[index].address().port]);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(entries);
}

/** The usual ports of the documents → those of the test; Ollama → the simulator; a sample of a key → a key. */
function adapted(command) {
  return command
    .replaceAll(/^docker compose\b/g, compose)
    .replaceAll(/^cp \.env\.example \.env$/g, '$& && echo OR_API_KEY=sk-or-v1-... >> .env')
    .replaceAll(/sk-or-v1-(?:ваш-ключ|\.\.\.)/g, 'sk-or-v1-key-of-the-documents-test')
    .replaceAll(/(?<=:)8000\b/g, ports.api)
    .replaceAll(/(?<=--port )8003\b/g, ports.second)
    .replaceAll('localhost:11434', `127.0.0.1:${ports.upstream}/api`);
}

function git(folder, ...args) {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'core.autocrlf=false'];
  const result = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`git ${args[0]}: ${result.stderr}`);
}

function environment(folder, name) {
  // A script runner above tells its children not to install, which a reader's terminal does not.
  const foreign = /^(OR|FASTCHAT|npm|pnpm)_|_PROXY$|^INIT_CWD$/i;
  const inherited = Object.entries(process.env).filter(([key]) => !foreign.test(key));
  const home = dirname(folder);
  mkdirSync(join(home, 'config', 'Code', 'User'), { recursive: true });
  // Compose does not wait until the last service is healthy; a reader is slower than this test.
  writeFileSync(join(home, '.curlrc'), 'retry = 30\nretry-delay = 1\nretry-all-errors\n');
  const shared = { ...Object.fromEntries(inherited), CI: 'true', OR_PORT: String(ports.api) };
  // Inside the containers the ports are the usual ones, and the simulator is one of them.
  if (name === 'INSTALL_docker.md')
    return { ...shared, CURL_HOME: home, COMPOSE_PROJECT_NAME: `orcestator-docs-${process.pid}` };
  return {
    ...shared,
    // Where `copilot` looks for VS Code.
    XDG_CONFIG_HOME: join(home, 'config'),
    OR_CONTROLLER_PORT: String(ports.controller),
    OR_WORKER_PORT: String(ports.worker),
    OR_SIMULATOR_PORT: String(ports.simulator),
    OR_BASE_URL: `http://127.0.0.1:${ports.upstream}/api/v1`,
    OR_SIMULATOR_TOKEN_DELAY: '0',
  };
}

/** What to run for a line: bash, or why not. */
function plan(block, line) {
  if (block.manual) return { manual: block.manual };
  const other = byHand.find(([pattern]) => pattern.test(line));
  if (other) return { manual: other[1] };
  if (block.language === '' && looksLikeSetting.test(line))
    return { bash: `printf '%s\\n' '${line}' >> .env` };
  if (block.language === 'powershell') {
    const bash = toBash(line);
    return bash ? { bash } : { unknown: true };
  }
  if (block.language === 'bash' || looksLikeCommand.test(line)) return { bash: line };
  return {};
}

function report(isGood, what, problem = '') {
  tally[isGood ? 'passed' : 'failed'] += 1;
  console.log(isGood ? `ok ${what}` : `not ok ${what}: ${problem}`);
}

async function tryDocument(name) {
  const needsEngine = name === 'INSTALL_docker.md' && !hasEngine;
  if (needsEngine) console.log(`${name}: no Docker engine here; its lines are read, not run`);
  const folder = join(parent, name.replace('.md', ''), 'orcestator');
  mkdirSync(dirname(folder), { recursive: true });
  git(parent, 'clone', '-q', join(parent, 'source'), folder);
  const shell = new Shell(folder, environment(folder, name));
  let printed = '';
  let isManual = false;
  try {
    for (const block of readBlocks(readFileSync(join(root, name), 'utf8'))) {
      if (block.language === 'text') {
        const missing = isManual || needsEngine ? [] : missingLines(block, printed);
        if (!isManual && !needsEngine)
          report(missing.length === 0, `${name}:${block.line} what is printed`, missing.join(' | '));
        printed = '';
        continue;
      }
      if (!['powershell', 'bash', ''].includes(block.language)) continue;
      shell.newBlock();
      for (const line of commandsOf(block)) {
        const what = `${name}:${block.line} ${line}`;
        const { bash, manual: reason, unknown } = plan(block, line);
        if (bash || unknown || reason) isManual = reason !== undefined;
        if (unknown)
          report(false, what, 'unknown to tools/docs/powershell.mjs and not marked as tried by hand');
        else if (reason) manual.push(`${what} (${reason})`);
        else if (bash && needsEngine) manual.push(`${what} (needs a Docker engine)`);
        else if (bash) printed += await tryLine(shell, bash, what);
      }
    }
  } finally {
    await shell.stop();
  }
}

async function tryLine(shell, bash, what) {
  try {
    const output = await shell.run(adapted(bash));
    report(true, what);
    return `$ ${bash}\n${output}\n`;
  } catch (error) {
    report(false, what, error.message);
    return '';
  }
}

/** What cannot be run here is at least PowerShell. */
async function checkSyntax() {
  const problemsOf = await createSyntaxCheck(join(parent, 'parser'));
  if (!problemsOf) return console.log('PowerShell syntax is not checked: the parser could not be installed');
  const folder = join(root, 'deploy', 'windows');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.ps1'));
  const texts = scripts.map((name) => [`deploy/windows/${name}`, readFileSync(join(folder, name), 'utf8')]);
  for (const name of documents)
    for (const { language, line, lines } of readBlocks(readFileSync(join(root, name), 'utf8')))
      if (language === 'powershell') texts.push([`${name}:${line}`, lines.join('\n')]);
  for (const [name, text] of texts) {
    const problems = problemsOf(text);
    report(problems.length === 0, `${name} is PowerShell`, problems.join('; '));
  }
}

const upstream = spawn(
  process.execPath,
  ['tools/run.mjs', 'openrouter-simulator', '--port', String(ports.upstream)],
  {
    cwd: root,
    stdio: 'ignore',
  },
);
try {
  const source = join(parent, 'source');
  mkdirSync(source);
  copyProject(root, source);
  git(source, 'init', '-q');
  git(source, 'add', '-A');
  git(source, 'commit', '-q', '-m', 'as it is');
  await checkSyntax();
  for (const name of documents) await tryDocument(name);
} catch (error) {
  report(false, 'the test itself', error.message);
} finally {
  upstream.kill();
  rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`\nTried by hand (${manual.length}):\n${manual.map((line) => `  ${line}`).join('\n')}`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
