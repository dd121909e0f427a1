// One command for everything: installs the clients, builds the product, runs the tests offline, counts.
// `node e2e-clients/run.mjs [NAME ...]`: all test files, or those whose names contain one of the words.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNamespace } from './namespace.mjs';
import { build } from './stack.mjs';

const here = import.meta.dirname;
// Ctrl+C reaches the tests too; this process stays to clean up after them.
process.on('SIGINT', () => undefined);

/** `npm ci`, unless what is installed is what the lock file says. */
function install() {
  const installed = join(here, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && isSameTree(readLock(installed), readLock(join(here, 'package-lock.json'))))
    return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--prefix', here], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error('npm ci failed');
}

const readLock = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Packages for other systems are in the lock file only. */
function isSameTree(installed, locked) {
  return Object.entries(locked).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** Node's own runner: the report for people on the screen, the one for counting in a file. */
async function runTests(prefix, files, counts) {
  const command = [
    ...[...prefix, process.execPath, '--test', '--test-concurrency=1', '--test-timeout=180000'],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${counts}`],
    ...files,
  ];
  const child = spawn(command[0], command.slice(1), {
    // All temporary files land in one folder, which goes in any case.
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
}

const folder = mkdtempSync(join(tmpdir(), 'orcestator-e2e-'));
const counts = join(folder, 'counts.tap');
let passed = 0;
let failed = 0;
let namespace;
try {
  install();
  build();
  const words = process.argv.slice(2);
  const files = readdirSync(here)
    .filter(
      (name) =>
        name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))),
    )
    .map((name) => join(here, name));
  if (files.length === 0) throw new Error(`no test file is called ${words.join(' or ')}`);
  namespace = makeNamespace();
  console.log(namespace.reason ?? 'The tests run in a network namespace with nothing but loopback.');
  const code = await runTests(namespace.prefix, files, counts);
  const text = readFileSync(counts, 'utf8');
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  passed = count('pass');
  failed = Math.max(count('fail') + count('cancelled'), code === 0 ? 0 : 1);
  console.log(`${count('skipped')} skipped, ${count('todo')} todo`);
} catch (error) {
  console.error(error.message);
  failed = Math.max(failed, 1);
} finally {
  namespace?.remove();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
