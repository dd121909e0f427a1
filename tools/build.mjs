// Builds what has changed. Safe to start in several terminals at once: one builds, the others wait for it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, 'node_modules', '.orcestator-build-lock');
const owner = join(lock, 'pid');
const WAIT_MS = 5 * 60_000;

/** Compiles all packages (`tsc -b`, incremental); ends the process with a message when that fails. */
export async function build() {
  await takeLock();
  try {
    // Later builds take a second and need no words.
    if (!existsSync(join(root, 'packages', 'cli', 'dist', 'main.js')))
      console.error('Собираю (в первый раз — до минуты) …');
    const tsc = createRequire(join(root, 'package.json')).resolve('typescript/bin/tsc');
    const result = spawnSync(process.execPath, [tsc, '-b', root], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (result.status !== 0) throw new Error('the build failed; the lines above say where');
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function takeLock() {
  const end = Date.now() + WAIT_MS;
  for (let attempt = 0; ; attempt += 1) {
    if (attempt === 20) console.error('Жду: сборка идёт в другом окне …');
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      return;
    } catch (error) {
      if (error.code === 'ENOENT')
        throw new Error('nothing is installed yet: run "npx --yes pnpm@12 install" first');
      if (error.code !== 'EEXIST' && error.code !== 'EPERM') throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else if (Date.now() > end) throw new Error(`another build holds ${lock}; remove it if none is running`);
    else await sleep(100);
  }
}

/** The owner died without cleaning up (kill -9, power cut). A lock without a pid is being made right now, or is old. */
function isAbandoned() {
  try {
    const pid = Number(readFileSync(owner, 'utf8'));
    if (pid > 0) return !isAlive(pid);
    return Date.now() - statSync(lock).mtimeMs > 10_000;
  } catch {
    try {
      return Date.now() - statSync(lock).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  build().catch((error) => {
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  });
}
