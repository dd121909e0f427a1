// `ORC_WIN_NODE=/path/to/launcher node tools/windows-test.mjs`: the project under the Windows build of Node. The launcher gets a
// script and its arguments and runs them with node.exe, under Wine here. Without it nothing is tested, and this says so.
// Ends with a line `N passed, N failed`.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from './copy-project.mjs';
import { consoleChecks } from './windows/console.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const launcher = process.env.ORC_WIN_NODE;
if (!launcher || !existsSync(launcher)) {
  console.log(`Windows: nothing tested, ORC_WIN_NODE names no launcher (${launcher ?? 'not set'})`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

/** Flat, because node.exe under Wine does not look where a link leads: each package must be reached by one path only. */
function install(folder) {
  const args = [
    '--yes',
    'pnpm@12',
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--ignore-scripts',
    '--config.node-linker=hoisted',
  ];
  const result = spawnSync('npx', args, {
    cwd: folder,
    env: { ...process.env, CI: 'true' },
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`pnpm install: ${result.stdout}${result.stderr}`);
  for (const name of readdirSync(join(folder, 'packages')))
    rmSync(join(folder, 'packages', name, 'node_modules'), { recursive: true, force: true });
}

async function freePorts(names) {
  const servers = await Promise.all(
    names.map(
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = Object.fromEntries(names.map((name, index) => [name, servers[index].address().port]));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The launcher may have to fetch node.exe first, with a Node of this system, which could not load the preload of `run`. */
function prepare(folder) {
  writeFileSync(join(folder, 'prepare.cjs'), 'console.log(process.platform);');
  const { stdout, stderr } = spawnSync(launcher, ['prepare.cjs'], { cwd: folder, encoding: 'utf8' });
  if (!stdout.includes('win32')) throw new Error(`the launcher starts no Windows build: ${stdout}${stderr}`);
}

function run(folder, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(launcher, ['tools/windows/checks.cjs'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject).once('close', () => resolve(output));
  });
}

const parent = mkdtempSync(join(tmpdir(), 'orcestator-win-'));
const folder = join(parent, 'Мой проект');
let passed = 0;
let failed = 0;
try {
  mkdirSync(folder);
  prepare(parent);
  copyProject(root, folder);
  install(folder);
  const ports = await freePorts(['api', 'controller', 'worker', 'simulator']);
  cpSync(join(root, 'tools', 'windows', 'no-early-keep-alive.cjs'), join(parent, 'preload.cjs'));
  const env = {
    ...process.env,
    ORC_TEST_PORTS: JSON.stringify(ports),
    NODE_OPTIONS: `--require Z:${parent}/preload.cjs`,
    WIN_TIMEOUT: '240',
  };
  const tell = (lines) => {
    process.stdout.write(lines);
    passed += (lines.match(/^ok /gm) ?? []).length;
    failed += (lines.match(/^not ok /gm) ?? []).length;
  };
  const output = await run(folder, env);
  tell(output);
  await consoleChecks(folder, env, ports, output, tell);
} catch (error) {
  console.error(error.message);
  failed += 1;
} finally {
  rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
}
if (passed === 0) failed += 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
