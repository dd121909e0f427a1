// Puts what the test needs into the cache folder: a browser and headers from the system, Node 24, VS Code, the driver.
// Each step is skipped when its stamp is there, so that a second run starts at once.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './children.mjs';

const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
const { tools } = JSON.parse(readFileSync(manifest, 'utf8'));
const DEBIAN_PACKAGES = ['chromium', 'libkrb5-dev', 'build-essential', 'python3'];

/** Resolves with where everything is. */
export async function prepare() {
  if (process.platform !== 'linux')
    throw new Error('this test runs on Linux only (see e2e-vscode/README.md)');
  const cache = process.env.ORCESTATOR_VSCODE_CACHE || join(tmpdir(), 'orcestator-vscode');
  const logFile = join(cache, 'prepare.log');
  mkdirSync(cache, { recursive: true });
  const codeServer = join(cache, `code-server-${tools['code-server']}`);
  await prepareSystem(logFile, existsSync(stampOf(codeServer)));
  const node = await prepareNode(cache, logFile);
  await prepareCodeServer({ cache, logFile, codeServer, node });
  const driver = join(cache, `driver-${tools['playwright-core']}`);
  await step(driver, 'playwright-core', () =>
    npmInstall(driver, `playwright-core@${tools['playwright-core']}`, logFile),
  );
  return {
    cache,
    node: join(node, 'bin', 'node'),
    codeServer,
    chromium: chromiumPath(),
    playwright: createRequire(join(driver, 'package.json'))('playwright-core'),
    versions: versionsOf(codeServer),
  };
}

async function prepareSystem(logFile, isBuilt) {
  if (chromiumPath() && (isBuilt || (existsSync('/usr/include/krb5.h') && existsSync('/usr/bin/g++'))))
    return;
  if (process.getuid() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `these Debian packages are needed, and only root can install them: ${DEBIAN_PACKAGES.join(' ')}`,
    );
  }
  console.log(`preparing: ${DEBIAN_PACKAGES.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { logFile, env });
  await run('apt-get', ['install', '-qy', '--no-install-recommends', ...DEBIAN_PACKAGES], { logFile, env });
}

function chromiumPath() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
}

/** VS Code 1.139 runs on Node 24 only, and its native modules are built with the headers beside it. */
async function prepareNode(cache, logFile) {
  const name = `node-linux-${process.arch}`;
  const folder = join(cache, `node-${tools['node-linux']}`);
  await step(folder, 'Node 24', () => npmInstall(folder, `${name}@${tools['node-linux']}`, logFile));
  return join(folder, 'node_modules', name);
}

async function prepareCodeServer({ cache, logFile, codeServer, node }) {
  await step(codeServer, 'VS Code (its native modules are built, about five minutes)', async () => {
    const version = tools['code-server'];
    const env = { PATH: `${join(node, 'bin')}${delimiter}${process.env.PATH}`, npm_config_nodedir: node };
    const npm = (cwd, ...args) => run(join(node, 'bin', 'node'), [npmPath(), ...args], { logFile, cwd, env });
    await npm(cache, 'pack', `code-server@${version}`);
    const archive = join(cache, `code-server-${version}.tgz`);
    await run('tar', ['-xzf', archive, '-C', codeServer, '--strip-components=1'], { logFile });
    rmSync(archive);
    await npm(codeServer, 'install', '--omit=dev', '--ignore-scripts');
    await npm(join(codeServer, 'lib', 'vscode'), 'install', '--omit=dev');
  });
}

async function npmInstall(folder, what, logFile) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await run(process.execPath, [npmPath(), 'install', '--no-audit', '--no-fund', what], {
    logFile,
    cwd: folder,
  });
}

/** Fills `folder` once; a half-filled one from an interrupted run is begun again. */
async function step(folder, name, fill) {
  if (existsSync(stampOf(folder))) return;
  console.log(`preparing: ${name} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill();
  writeFileSync(`${stampOf(folder)}.new`, `${new Date().toISOString()}\n`);
  renameSync(`${stampOf(folder)}.new`, stampOf(folder));
}

function stampOf(folder) {
  return join(folder, '.complete');
}

/** The npm that belongs to the Node.js that runs this test. */
function npmPath() {
  const own = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const path = [own, process.env.npm_execpath].find(
    (candidate) => candidate?.endsWith('npm-cli.js') && existsSync(candidate),
  );
  if (!path) throw new Error(`no npm beside ${process.execPath}`);
  return path;
}

function versionsOf(codeServer) {
  const read = (...path) =>
    JSON.parse(readFileSync(join(codeServer, 'lib', 'vscode', ...path), 'utf8')).version;
  return { vscode: read('package.json'), copilot: read('extensions', 'copilot', 'package.json') };
}
