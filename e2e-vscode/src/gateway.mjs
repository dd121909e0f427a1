// The demo (simulator, controller, worker, API server) on free ports, and what the test asks of it.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMarked, run, start } from './children.mjs';

const CLIENT_KEY = 'key-of-the-vscode-test';

/** Resolves when the model `orcestator` is served; `flags` and `env` lead `orcestator copilot` to it. */
export async function startGateway({ root, cache, build }) {
  if (build)
    await run(process.execPath, [join(root, 'tools', 'build.mjs')], { logFile: join(cache, 'build.log') });
  const [api, controller, worker, simulator] = await freePorts(4);
  const main = join(root, 'packages', 'cli', 'dist', 'main.js');
  const ports = [
    '--port',
    api,
    '--controller-port',
    controller,
    '--worker-port',
    worker,
    '--simulator-port',
    simulator,
  ];
  const logFile = join(cache, 'gateway.log');
  // The working folder is the cache, so that neither the user's .env nor logs/ of the repository take part.
  // It asks for a key, so that what VS Code sends is seen to be the configured one.
  const env = { OR_CLIENT_KEYS: CLIENT_KEY };
  start(process.execPath, [main, 'demo', '--host', '127.0.0.1', ...ports.map(String)], {
    logFile,
    cwd: cache,
    env,
  });
  const flags = ['--demo', '--port', String(api), '--simulator-port', String(simulator)];
  const gateway = { ...createGateway({ api, simulator }), flags, env };
  await gateway.ready();
  return gateway;
}

function createGateway({ api, simulator }) {
  const base = `http://127.0.0.1:${api}`;
  const requests = async () => {
    const answer = await getJson(`http://127.0.0.1:${simulator}/sim/requests`);
    return Array.isArray(answer) ? answer : answer.requests;
  };
  return {
    base,
    requests,
    /** Waits for the services, for instance after the worker was killed. */
    ready: () =>
      until(
        async () => (await getJson(`${base}/health`)).status === 'ok',
        30_000,
        'the gateway does not come up; see gateway.log',
      ),
    /** The agent's requests (those with tools) for a model since `time`. */
    agentRequests: async (model, time) =>
      (await requests()).filter(
        (request) =>
          request.model === model && request.startedAt >= time && request.body.includes('"tools":['),
      ),
    workerPid: () => findMarked(join('worker', 'dist', 'main.js')),
    /** Milliseconds from a plain client's hanging up to the simulator's noticing. */
    cancelMilliseconds: async (model) => {
      const time = Date.now();
      const abort = new AbortController();
      const response = await post(base, model, abort.signal);
      await response.body.getReader().read();
      abort.abort();
      const asked = Date.now();
      const done = async () =>
        (await requests()).find(
          (one) => one.model === model && one.startedAt >= time && one.abortedAt !== undefined,
        );
      return (await until(done, 10_000, 'a plain client does not get cancelled either')).abortedAt - asked;
    },
    /** What a plain HTTP client with VS Code's user-agent gets: for the report of a failed check. */
    ask: async (model) => {
      const response = await post(base, model);
      return `HTTP ${response.status} ${(await response.text()).trim()}`;
    },
  };
}

/** A small streamed question under VS Code's user-agent. */
function post(base, model, signal) {
  return fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${CLIENT_KEY}`,
      'user-agent': 'GitHubCopilotChat/0.67.0',
    },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Say hello' }] }),
    signal,
  });
}

/** Calls `check` until it gives something true; throws with `message` when that takes too long. */
export async function until(check, milliseconds, message) {
  for (const end = Date.now() + milliseconds; ; await sleep(100)) {
    const value = await Promise.resolve()
      .then(check)
      .catch(() => undefined);
    if (value) return value;
    if (Date.now() > end) throw new Error(message);
  }
}

async function getJson(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return response.json();
}

/** Ports that nobody listens on right now. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
