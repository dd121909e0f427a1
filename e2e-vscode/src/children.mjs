// The processes this test starts. Each carries a mark in its environment, and so do their children and grandchildren:
// by it they are all found and ended, whatever group or parent they have got meanwhile.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, openSync, closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MARK = 'ORCESTATOR_VSCODE_TEST';
const mark = `${process.pid}-${Date.now()}`;

/** What a process of ours gets as its environment. */
export function markedEnv(more = {}) {
  return { ...process.env, ...more, [MARK]: mark };
}

/** Starts a long-lived process whose output goes to `logFile`. */
export function start(command, args, { logFile, cwd, env = {} }) {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env: markedEnv(env), stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', (error) => console.error(`cannot start ${command}: ${error.message}`));
  return child;
}

/** Runs a command to its end; throws with the tail of its output when it fails. */
export async function run(command, args, { logFile, cwd, env = {} }) {
  const child = start(command, args, { logFile, cwd, env });
  const code = await new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? signal));
    child.once('error', () => resolve('not started'));
  });
  if (code === 0) return;
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}; the end of ${logFile}:\n${tail}`);
}

/** Pids of everything that carries the mark (Linux: /proc). */
export function marked() {
  const own = String(process.pid);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== own)
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`${MARK}=${mark}`))
    .map(Number);
}

/** The marked process whose command line contains `words`. */
export function findMarked(words) {
  return marked().find((pid) => readProc(pid, 'cmdline').includes(words));
}

/** Asks everything to end, then makes it; resolves with the pids that are still there. */
export async function endAll() {
  signalAll('SIGTERM');
  for (let tries = 0; tries < 50 && marked().length > 0; tries += 1) await sleep(100);
  signalAll('SIGKILL');
  for (let tries = 0; tries < 20 && marked().length > 0; tries += 1) await sleep(100);
  return marked();
}

function signalAll(signal) {
  for (const pid of marked()) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended by itself.
    }
  }
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
