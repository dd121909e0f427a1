// `node tools/docker-test.mjs`: builds the images, runs compose with the simulator and tries what operators do to it: scale,
// kill, restart, stop, remove. Needs a Docker engine; says so and ends well when there is none. Ends with `N passed, N failed`.
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createCompose, docker, findCompose, inspect, startDocker } from './docker/engine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
/** Bytes that an image may add to its base. */
const SIZE_LIMIT = { api: 20e6, controller: 20e6, worker: 60e6 };
const dockerfiles = {
  api: 'Dockerfile.api',
  controller: 'Dockerfile.controller',
  worker: 'Dockerfile.worker',
};
let passed = 0;
let failed = 0;

async function check(name, body) {
  const since = Date.now();
  try {
    const note = await body();
    passed += 1;
    console.log(`ok      ${name}${note ? ` (${note})` : ''}, ${((Date.now() - since) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
  }
}

function must(condition, message) {
  if (!condition) throw new Error(message);
}

async function until(what, seconds, probe) {
  const end = Date.now() + seconds * 1000;
  let last = '';
  while (Date.now() < end) {
    try {
      if (await probe()) return;
    } catch (error) {
      last = error.message;
    }
    await sleep(250);
  }
  throw new Error(`not within ${seconds} s: ${what} ${last}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const found = findCompose();
if (!found.command) {
  console.log(`The Docker test is left out: ${found.reason}.\n0 passed, 0 failed`);
  process.exit(0);
}
console.log(`engine ${found.engine}, ${found.command.join(' ')} ${found.version}`);
const port = await freePort();
const project = `orcestator-test-${process.pid}`;
// Nothing of the tester's own .env: a key in it would ask the real OpenRouter.
const settings = { OR_HOST: '127.0.0.1', OR_PORT: String(port), OR_SIMULATOR_TOKEN_DELAY: '30' };
for (const line of readFileSync('.env.example', 'utf8').matchAll(/^(?:# )?([A-Z_]+)=/gm))
  settings[line[1]] ??= '';
// Its default is on: an empty one would turn the audit off.
settings.OR_DB_PATH = 'data/audit.sqlite';
settings.OR_CONTROLLER_STATE = 'state/workers.json';
const compose = createCompose(found.command, project, settings, ['demo']);
const base = `http://127.0.0.1:${port}`;
const containers = (service) =>
  compose('ps', '-q', service)
    .split('\n')
    .filter((line) => /^[0-9a-f]{12,}$/.test(line));

/** One streamed completion; throws unless it is whole. */
async function ask(content = 'Привет', signal = AbortSignal.timeout(20_000), onStart = () => {}) {
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'orcestator', stream: true, messages: [{ role: 'user', content }] }),
    signal,
  });
  must(
    response.status === 200,
    `status ${response.status}: ${response.status === 200 ? '' : await response.text()}`,
  );
  onStart();
  const text = await response.text();
  must(text.trimEnd().endsWith('data: [DONE]'), `the stream does not end: ${text.slice(-200)}`);
  return text;
}

const inContainer = (id, script) => docker('exec', id, 'node', '-e', script);

async function images() {
  await check('the images are built', () => void compose('build'));
  for (const [service, file] of Object.entries(dockerfiles)) {
    const image = `orcestator/${service}`;
    await check(`${image}: small, not root, production only`, () => {
      const { Size, Config } = inspect(image);
      const added = Size - inspect('node:24-bookworm-slim').Size;
      must(Config.User === 'node', `the user is "${Config.User}"`);
      must(
        Config.Healthcheck && Config.Cmd[0] === 'node',
        'no health check, or node is not the main process',
      );
      must(added < SIZE_LIMIT[service], `${added} bytes more than the base`);
      const names = docker(
        'run',
        '--rm',
        image,
        'sh',
        '-c',
        'ls node_modules/.pnpm; find packages -name "*.ts" -o -name "*.map" -o -name "*.test.js"',
      );
      const forbidden = [
        'typescript@',
        'jest@',
        'eslint@',
        '@types+jest',
        '@types+express@',
        '.ts\n',
        '.map\n',
        '.test.js',
      ];
      if (service !== 'worker') forbidden.push('sqlite3@', 'typeorm@');
      const there = forbidden.filter((name) => names.includes(name));
      must(there.length === 0, `contains ${there.join(', ')}`);
      return `${(added / 1e6).toFixed(1)} MB over the base image`;
    });
    await check(`${file}: a changed source reinstalls nothing`, () => {
      // In a copy: a test that is killed must not leave its mark in the sources.
      const copy = mkdtempSync(join(tmpdir(), 'orcestator-docker-'));
      try {
        cpSync(root, copy, {
          recursive: true,
          filter: (path) => !/[\\/](node_modules|dist|\.git)$/.test(path),
        });
        appendFileSync(join(copy, 'packages/protocol/src/constants.ts'), `\n// ${project}\n`);
        const log = docker(
          'build',
          '--progress=plain',
          '-f',
          join(copy, file),
          '-t',
          `${project}-${service}`,
          copy,
        );
        const installs = [...log.matchAll(/^#(\d+) \[.*\] RUN .*pnpm install/gm)].map(([, step]) => step);
        must(installs.length === 2, `${installs.length} install steps seen in place of 2`);
        must(
          installs.every((step) => new RegExp(`^#${step} CACHED`, 'm').test(log)),
          'an install step ran again',
        );
        docker('image', 'rm', '-f', `${project}-${service}`);
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  }
}

async function firstRun() {
  await check('all services come up healthy', async () => {
    compose('up', '-d');
    await until('every container healthy', 60, () =>
      ['controller', 'worker', 'api', 'simulator'].every(
        (service) => inspect(containers(service)[0]).State.Health.Status === 'healthy',
      ),
    );
  });
  await check('a completion is streamed', async () => void (await ask('Первый вопрос')));
  await check('only the API port is published, on this machine only', () => {
    for (const service of ['controller', 'worker', 'simulator', 'api']) {
      const bindings = Object.values(inspect(containers(service)[0]).NetworkSettings.Ports).flatMap(
        (list) => list ?? [],
      );
      must(bindings.length === (service === 'api' ? 1 : 0), `${service} publishes ${bindings.length} ports`);
      must(
        bindings.every(({ HostIp }) => HostIp === '127.0.0.1'),
        `${service} is open to the network`,
      );
    }
  });
  await check('the root file system is read-only and the process is not root', () => {
    for (const service of ['controller', 'worker', 'api', 'simulator']) {
      const said = inContainer(
        containers(service)[0],
        'try { fs.writeFileSync("/app/x", ""); console.log("written") } catch (e) { console.log(e.code, process.getuid()) }',
      );
      must(said.trim() === 'EROFS 1000', `${service}: ${said}`);
    }
  });
  await check('the worker counts tokens: its vocabularies are in the image', () => {
    const said = inContainer(
      containers('worker')[0],
      `fetch('http://127.0.0.1:8002/count_token', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'orcestator', prompt: 'hello world' }) }).then((r) => r.text()).then(console.log)`,
    );
    must(JSON.parse(said).count === 2, said);
  });
  await check('the traffic log is on the volume', () => {
    const log = docker('exec', containers('worker')[0], 'cat', '/app/logs/traffic.log');
    must(/^ISO-timestamp\t/.test(log) && log.includes('Первый вопрос'), log);
  });
  await check('the audit is on the volume, with the request in it', async () => {
    const worker = containers('worker')[0];
    const count = `const { Database } = require('/app/packages/audit/node_modules/sqlite3');
      new Database('/app/data/audit.sqlite').get('select count(*) as n from requests', (e, row) => console.log(e ? e.message : row.n))`;
    await until('a row', 15, () => Number(inContainer(worker, count)) >= 1);
  });
}

async function operators() {
  await check('three workers, each under its own address', async () => {
    compose('up', '-d', '--no-recreate', '--scale', 'worker=3');
    const controller = containers('controller')[0];
    const count = 'fetch("http://127.0.0.1:21001/health").then(r=>r.json()).then(b=>console.log(b.workers))';
    await until('three registered', 40, () => inContainer(controller, count).trim() === '3');
  });
  await check('one of three killed under load: no new request fails, and it comes back', async () => {
    const victim = containers('worker')[0];
    let isOver = false;
    let asked = 0;
    const problems = [];
    let diedAt = Infinity;
    const client = async () => {
      while (!isOver) {
        const since = Date.now();
        asked += 1;
        await ask().catch((error) => {
          // A stream that ran in the killed worker cannot be saved; it ends with an error frame. A request that began later must not fail.
          if (since >= diedAt) problems.push(error.message);
        });
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await sleep(2_000);
    const startedAt = inspect(victim).State.StartedAt;
    diedAt = Date.now();
    docker(
      'exec',
      victim,
      'node',
      '-e',
      `const pid = fs.readdirSync('/proc').find(p => /^\\d+$/.test(p) && p != process.pid && fs.readFileSync('/proc/'+p+'/cmdline','utf8').startsWith('node') && fs.readFileSync('/proc/'+p+'/cmdline','utf8').includes('worker/dist/main.js')); process.kill(pid, 'SIGKILL')`,
    );
    await sleep(4_000);
    isOver = true;
    await Promise.all(clients);
    must(problems.length === 0, `${problems.length} of ${asked} failed: ${problems[0]}`);
    await until('the killed one runs again', 20, () => {
      const { State } = inspect(victim);
      return State.Running && State.StartedAt !== startedAt;
    });
    return `${asked} requests`;
  });
  await check('the controller restarted: the workers come back by themselves and requests work', async () => {
    const told = [];
    let asked = 0;
    let isOver = false;
    const client = async (index) => {
      await sleep(index * 60);
      while (!isOver) {
        asked += 1;
        await ask().catch((error) => told.push(error.message));
        await sleep(50);
      }
    };
    const clients = Array.from({ length: 16 }, (_, index) => client(index));
    await startDocker('restart', containers('controller')[0]);
    const count = 'fetch("http://127.0.0.1:21001/health").then(r=>r.json()).then(b=>console.log(b.workers))';
    await until('three registered', 60, () => inContainer(containers('controller')[0], count).trim() === '3');
    isOver = true;
    await Promise.all(clients);
    await ask();
    must(told.length === 0, `${told.length} of ${asked} failed: ${told[0]}`);
    return `${asked} requests`;
  });
  await check('docker stop: under 5 s, and the running stream ends as a stream', async () => {
    const workers = containers('worker');
    let started;
    const isRunning = new Promise((resolve) => (started = resolve));
    const long = ask('Слово '.repeat(50), AbortSignal.timeout(30_000), started).catch(
      (error) => error.message,
    );
    await isRunning;
    const took = await startDocker('stop', ...workers);
    const end = await long;
    must(took < 5_000, `${took} ms`);
    must(/\[DONE\]/.test(end), `the stream was cut: ${end}`);
    must(
      workers.every((id) => inspect(id).State.ExitCode === 0),
      'exit codes are not 0',
    );
    const apiTook = await startDocker('stop', containers('api')[0] ?? compose('ps', '-q', 'api').trim());
    must(apiTook < 5_000, `api ${apiTook} ms`);
    return `workers ${took} ms, api ${apiTook} ms`;
  });
}

async function withoutKey() {
  await check('without a key the worker says what to do, once', async () => {
    const since = Date.now();
    const name = `${project}-nokey`;
    docker('run', '-d', '--init', '--restart', 'unless-stopped', '--name', name, 'orcestator/worker');
    try {
      await sleep(5_000);
      const log = docker('logs', name);
      must(log.split('the OpenRouter key is missing').length === 2, log);
      const took = await startDocker('stop', name);
      must(took < 5_000, `stopping it takes ${took} ms`);
    } finally {
      docker('rm', '-f', name);
    }
    return `${Date.now() - since} ms`;
  });
}

try {
  await images();
  await firstRun();
  await operators();
  await withoutKey();
} finally {
  await check('down -v leaves nothing behind', () => {
    compose('down', '-v', '--remove-orphans');
    for (const kind of [
      ['ps', '-aq'],
      ['volume', 'ls', '-q'],
      ['network', 'ls', '-q'],
    ]) {
      const left = docker(...kind, '--filter', `label=com.docker.compose.project=${project}`).trim();
      must(left === '', `${kind[0]}: ${left}`);
    }
  });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
