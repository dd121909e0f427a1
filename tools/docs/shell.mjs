// Runs the commands of a document in bash: those that end one after the other, those that stay (`start`, `worker` …) beside them.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What stays until it is stopped, and the words that say it is ready. */
const staying = [
  [/pnpm@12 (?:demo|start)\b/, /Остановить: Ctrl\+C/, /./],
  [/pnpm@12 controller\b|npm run controller\b/, /\[controller\] listening/, /demo|start/],
  [/pnpm@12 worker\b|npm run worker\b/, /\[worker\] registered at the controller/, /demo|start/],
  [/pnpm@12 api\b|npm run api\b/, /\[api\] listening/, /demo|start/],
  [/orcestator logs --follow/, /./, /^$/],
  [/docker compose .*logs .*-f/, /./, /^$/],
];
const LIMIT_MS = 150_000;

export class Shell {
  #folder;
  #env;
  #running = [];
  /** Lines that must be seen by the commands of the same block: variables and the folder last for it only. */
  #block = [];

  constructor(folder, env) {
    this.#folder = folder;
    this.#env = env;
  }

  newBlock() {
    this.#block = [];
  }

  /** Resolves with the output; rejects with it when the command fails or is late. */
  async run(command) {
    const [, ready, replaces] = staying.find(([pattern]) => pattern.test(command)) ?? [];
    if (!ready) return this.#finish(command);
    // Another gateway is what the reader has stopped with Ctrl+C before. A further worker stands beside the others.
    if (!/--port/.test(command)) await this.stop(replaces);
    return this.#stay(command, ready);
  }

  async stop(which = /./) {
    const ending = this.#running.filter(({ command }) => which.test(command));
    this.#running = this.#running.filter((one) => !ending.includes(one));
    for (const { child } of ending) signal(child, 'SIGINT');
    await Promise.all(
      ending.map(async ({ child, exit }) => {
        await Promise.race([exit, sleep(8_000)]);
        signal(child, 'SIGKILL');
        await exit;
      }),
    );
  }

  async #finish(command) {
    // `cd` and variables of earlier lines belong to the block.
    const script = [...this.#block, command].join('\n');
    if (/^(?:cd |\w+=|export )/.test(command)) this.#block.push(command);
    const one = this.#spawn(script, command);
    const code = await Promise.race([one.exit, sleep(LIMIT_MS, 'late', { ref: false })]);
    if (code === 0) return one.output();
    signal(one.child, 'SIGKILL');
    throw new Error(`${code === 'late' ? 'still runs' : `exit code ${code}`}:\n${one.output()}`);
  }

  async #stay(command, ready) {
    const one = this.#spawn(command, command);
    this.#running.push(one);
    for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(50)) {
      if (ready.test(one.output())) return one.output();
      if (one.child.exitCode !== null) break;
    }
    throw new Error(`not ready:\n${one.output()}`);
  }

  #spawn(script, command) {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    return {
      child,
      command,
      output: () => output,
      exit: new Promise((resolve) => child.once('close', resolve)),
    };
  }
}

/** To the whole group, as a terminal does. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended.
  }
}
