// Runs in the Windows build of Node, in a copy of the project: starts the built services as a user does and prints a line
// `ok NAME` or `not ok NAME: reason` for each thing that must work. Started by tools/windows-test.mjs.
const { deepEqual, equal, match, ok } = require('node:assert/strict');
const { closeSync, existsSync, mkdirSync, openSync } = require('node:fs');
const { readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { ask, ended, isOpen, run, until } = require('./processes.cjs');

const ports = JSON.parse(process.env.ORC_TEST_PORTS);
const folder = process.cwd();
const appData = join(folder, 'Данные приложений');
const stackEnv = {
  OR_PORT: String(ports.api),
  OR_CONTROLLER_PORT: String(ports.controller),
  OR_WORKER_PORT: String(ports.worker),
  OR_SIMULATOR_PORT: String(ports.simulator),
  OR_HOST: '127.0.0.1',
  APPDATA: appData,
};
const upstream = {
  OR_API_KEY: 'sk-or-v1-of-the-test',
  OR_BASE_URL: `http://127.0.0.1:${ports.simulator}/api/v1`,
};
const main = (name) => join('packages', name, 'dist', 'main.js');
const gateway = `http://127.0.0.1:${ports.api}`;

const checks = {
  'the project is built on win32'() {
    const built = run([join('tools', 'build.mjs')], {});
    return ended(built, 120_000).then((code) => equal(code, 0, built.output));
  },

  async 'the demo streams, writes the log where OR_LOG_FILE of a UTF-16 .env says, and leaves no orphan when killed'() {
    // As `"…" > .env` of Windows PowerShell writes it.
    writeFileSync(
      '.env',
      Buffer.from('\uFEFFOR_LOG_FILE=журнал\\трафик.log\r\nOR_DB_PATH=база\\аудит.sqlite\r\n', 'utf16le'),
    );
    const demo = run([join('tools', 'run.mjs'), 'cli', 'demo'], stackEnv);
    try {
      await until(
        () => demo.output.includes('Остановить: Ctrl+C'),
        40_000,
        () => demo.output,
      );
      match(demo.output, /Первый запрос \(PowerShell\)/);
      // Without a sqlite3 binary for this system too: a word about it, and the rest works.
      match(demo.output, /sqlite3 package has no usable binary/);
      const { status, text } = await ask(`${gateway}/v1/chat/completions`, {
        model: 'orcestator',
        stream: true,
        messages: [{ role: 'user', content: 'Привет' }],
      });
      equal(status, 200, text);
      match(text, /data: \[DONE\]/);
      const rows = readFileSync(join(folder, 'журнал', 'трафик.log'), 'utf8')
        .trimEnd()
        .split('\n');
      equal(rows.length, 2);
      match(rows[1], /\tПривет\t/);
    } finally {
      demo.child.kill();
      rmSync('.env');
    }
    await until(async () => !(await Promise.all(Object.values(ports).map(isOpen))).includes(true), 10_000);
  },

  async 'three services and the simulator, each a process: an absolute log path, the message `shutdown` ends each within 5 s'() {
    const log = join(folder, 'лог с пробелом', 'traffic.log');
    ok(/^[A-Z]:\\/.test(log));
    const env = { ...stackEnv, ...upstream, OR_LOG_FILE: log };
    const services = ['openrouter-simulator', 'controller', 'worker', 'api-server'].map((name) =>
      run([main(name)], env),
    );
    const output = () => services.map((one) => one.output).join('');
    await until(async () => (await ask(`${gateway}/health`)).text.includes('orcestator'), 30_000, output);
    const { status, text } = await ask(`${gateway}/v1/chat/completions`, {
      model: 'orcestator',
      messages: [{ role: 'user', content: 'C:\\новая папка\tтаб' }],
    });
    equal(status, 200, text);
    ok(readFileSync(log, 'utf8').includes('C:\\\\новая папка\\tтаб'));
    ok(!readFileSync(log, 'utf8').includes('\r'));
    const start = Date.now();
    for (const { child } of services) child.send('shutdown');
    const codes = await Promise.all(services.map((one) => ended(one, 10_000)));
    deepEqual(codes, [0, 0, 0, 0], output());
    ok(Date.now() - start < 5_000);
  },

  async 'a traffic log that is too large is put aside, also while a reader has it open; `logs` shows both'() {
    const log = join(folder, 'журнал', 'большой.log');
    mkdirSync(join(folder, 'журнал'), { recursive: true });
    writeFileSync(log, 'x'.repeat(1_100_000) + '\n');
    const reader = openSync(log, 'r');
    const env = { ...stackEnv, ...upstream, OR_LOG_FILE: log, OR_LOG_MAX_SIZE: '1' };
    const services = ['openrouter-simulator', 'controller', 'worker', 'api-server'].map((name) =>
      run([main(name)], env),
    );
    const output = () => services.map((one) => one.output).join('');
    await until(async () => (await ask(`${gateway}/health`)).text.includes('orcestator'), 30_000, output);
    const messages = [{ role: 'user', content: 'после ротации' }];
    equal((await ask(`${gateway}/v1/chat/completions`, { model: 'orcestator', messages })).status, 200);
    closeSync(reader);
    ok(
      readdirSync(join(folder, 'журнал')).some((name) => /^большой-[\dTZ-]+\.log$/.test(name)),
      output(),
    );
    equal(readFileSync(log, 'utf8').trimEnd().split('\n').length, 2);
    const logs = run([main('cli'), 'logs'], env);
    equal(await ended(logs, 20_000), 0, logs.output);
    match(logs.output, /после ротации/);
    for (const { child } of services) child.send('shutdown');
    for (const one of services) await ended(one, 10_000);
  },

  async 'a taken port is told with the remedy'() {
    const first = run([main('controller')], stackEnv);
    await until(
      () => first.output.includes('listening'),
      20_000,
      () => first.output,
    );
    const second = run([main('controller')], stackEnv);
    equal(await ended(second, 20_000), 1);
    match(second.output, /is taken by another program.*OR_CONTROLLER_PORT/);
    first.child.send('shutdown');
    equal(await ended(first, 10_000), 0);
  },

  async 'a missing key is told in words'() {
    const worker = run([main('worker')], stackEnv);
    equal(await ended(worker, 20_000), 2);
    match(worker.output, /OR_API_KEY/);
  },

  async '--help is Russian in UTF-8'() {
    const help = run([main('cli'), '--help'], stackEnv);
    equal(await ended(help, 20_000), 0);
    match(help.output, /Локальный шлюз/);
  },

  async '`copilot --write` finds VS Code below %APPDATA%'() {
    const user = join(appData, 'Code', 'User');
    mkdirSync(user, { recursive: true });
    const copilot = run([main('cli'), 'copilot', '--write'], { ...stackEnv, ...upstream });
    equal(await ended(copilot, 30_000), 0, copilot.output);
    match(
      readFileSync(join(user, 'chatLanguageModels.json'), 'utf8'),
      new RegExp(`:${ports.api}/v1/chat/completions`),
    );
    ok(existsSync(join(user, 'settings.json')));
  },

  async '`doctor` ends and names what is not right'() {
    const doctor = run([main('cli'), 'doctor'], { ...stackEnv, ...upstream });
    ok([0, 1].includes(await ended(doctor, 60_000)), doctor.output);
    match(doctor.output, /Node/);
    ok(!/TypeError|ENOENT|UNKNOWN/.test(doctor.output), doctor.output);
  },
};

async function runAll() {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${String(error.stack).replaceAll(/\r?\n/g, '\n    ')}`);
    }
  }
}

console.log(`platform ${process.platform} ${process.version} ${process.execPath}`);
if (process.env.WINEPREFIX) console.log(`prefix ${process.env.WINEPREFIX}`);
void runAll().then(() => process.exit(0));
