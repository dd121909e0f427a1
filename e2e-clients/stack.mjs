// The demo stack (gateway, controller, worker, simulator) as one process group, started for a test file and ended after it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const START_MS = 30_000;
const STOP_MS = 10_000;
/** Set by run.mjs, which has built already. */
const BUILT = 'E2E_CLIENTS_BUILT';

/** Compiles the product as a user's first start does. */
export function build() {
  if (process.env[BUILT]) return;
  const result = spawnSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' });
  if (result.status !== 0) throw new Error('the product does not build; the lines above say where');
  process.env[BUILT] = '1';
}

/** Looks again and again until `look` gives something; an error with `what` when it does not. */
export async function until(what, look, milliseconds = 10_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await sleep(25);
  }
}

/** A folder that `remove` deletes. */
export async function makeFolder() {
  const path = await mkdtemp(join(tmpdir(), 'orcestator-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts everything on free ports and waits until it can answer. */
export async function startStack() {
  build();
  const folder = await makeFolder();
  const [port, controller, worker, simulator] = await freePorts(4);
  const demo = spawnGroup(
    process.execPath,
    [
      ...[join(root, 'packages', 'cli', 'dist', 'main.js'), 'demo', '--host', '127.0.0.1', '--port', port],
      ...['--controller-port', controller, '--worker-port', worker, '--simulator-port', simulator],
    ].map(String),
    {
      // Away from the project: no one's `.env` is read, and the traffic log goes with the folder.
      cwd: folder.path,
      env: {
        ...withoutSettings(process.env),
        OR_SIMULATOR_TOKEN_DELAY: '0',
        OR_SIMULATOR_FIRST_TOKEN_DELAY: '0',
      },
    },
  );
  const stop = async () => {
    demo.signal('SIGINT');
    await Promise.race([demo.ended, sleep(STOP_MS, undefined, { ref: false })]);
    await demo.kill();
    await folder.remove();
  };
  const origin = `http://127.0.0.1:${port}`;
  const simulatorOrigin = `http://127.0.0.1:${simulator}`;
  const isReady = async () => {
    if (demo.child.exitCode !== null) throw new Error('the demo has ended');
    return (await isOk(`${simulatorOrigin}/health`)) && (await isOk(`${origin}/health`));
  };
  try {
    await until('the demo is ready', isReady, START_MS);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${demo.output()}`);
  }
  return { origin, baseUrl: `${origin}/v1`, stop, ...bookkeepingOf(simulatorOrigin) };
}

/** What the simulator saw; requests are told apart by a `mark` in their text. */
function bookkeepingOf(simulatorOrigin) {
  const requests = async (mark) => {
    const all = await (await fetch(`${simulatorOrigin}/sim/requests`)).json();
    return all.filter(({ body }) => body.includes(mark));
  };
  return {
    requests,
    /** Waits until the first request with the mark is under way. */
    begun: (mark) => until(`a request with ${mark}`, async () => (await requests(mark))[0]),
    /** Milliseconds from `since` to the moment at which the upstream noticed that no one listens any more. */
    cancelledAfter: async (mark, since) => {
      const isOver = async () => (await requests(mark)).find(({ outcome }) => outcome !== 'running');
      const { outcome, abortedAt } = await until(`the end of the request with ${mark}`, isOver, 5_000);
      if (outcome !== 'cancelled') throw new Error(`the request with ${mark} ended as ${outcome}`);
      return abortedAt - since;
    },
  };
}

/** A child in a process group of its own, as a terminal makes one; nothing of it outlives this process. */
export function spawnGroup(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => (texts[name] += text));
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group is gone already.
    }
  };
  const group = {
    child,
    ended,
    signal,
    output: () => texts.stdout + texts.stderr,
    stdout: () => texts.stdout,
    kill: async () => {
      signal('SIGKILL');
      await ended;
      groups.delete(group);
    },
  };
  if (groups.size === 0) watchOwnEnd();
  groups.add(group);
  return group;
}

const groups = new Set();
const killAll = () => groups.forEach((group) => group.signal('SIGKILL'));
const giveUp = () => process.exit(1);

/** However this process ends, its groups end with it. */
function watchOwnEnd() {
  process.off('exit', killAll).once('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, giveUp).once(signal, giveUp);
}

/** The environment without settings of the product and without proxies. */
export function withoutSettings(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(OR|FASTCHAT|COPILOT|OPENAI|PI)_|_PROXY$|^NODE_/i.test(name)),
  );
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const isOk = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
