// What needs a real console: Ctrl+C, the closed window, Russian letters. Wine makes a console of a terminal, and `script` makes a
// terminal; a launcher that is not Wine, or a machine without `script`, skips this and says so.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isOpen, until } from './processes.cjs';

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Tells a line like those of checks.cjs, whose output says where node.exe is, as each check ends. */
export async function consoleChecks(folder, env, ports, output, tell) {
  const node = /^platform win32 \S+ Z:(\S.*node\.exe)/m.exec(output)?.[1]?.replaceAll('\\', '/');
  const prefix = /^prefix (.+)$/m.exec(output)?.[1];
  if (!node || !prefix || !existsSync(node) || !has('wine') || !has('script'))
    return tell('not tested: Ctrl+C and the closed window (they need wine and script)\n');
  const start = () =>
    startDemo(
      folder,
      { ...env, WINEPREFIX: prefix, WINEDEBUG: '-all', NODE_SKIP_PLATFORM_CHECK: '1' },
      node,
      ports,
    );
  const ways = {
    'Ctrl+C in a console ends the demo within 5 s, every service in order; the console shows Russian': async (
      demo,
    ) => {
      demo.child.stdin.write('\u0003');
      await until(() => demo.child.exitCode !== null, 5_000);
      for (const name of ['api', 'controller', 'worker', 'simulator'])
        if (!new RegExp(`^${name} .*\\[${name}\\] stopped`, 'm').test(demo.text()))
          throw new Error(`${name} has not said "stopped"`);
      if (!demo.text().includes('Останавливаю')) throw new Error('no Russian text');
    },
    'a console that is gone leaves no process behind (Wine ends the command, the services notice)': async (
      demo,
    ) => {
      demo.child.kill('SIGKILL');
      await until(async () => !(await Promise.all(Object.values(ports).map(isOpen))).includes(true), 8_000);
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const demo = start();
    try {
      await until(() => demo.text().includes('Остановить: Ctrl+C'), 40_000);
      await way(demo);
      tell(`ok ${name}\n`);
    } catch (error) {
      tell(`not ok ${name}: ${error.message}\n${demo.text().replaceAll(/^/gm, '    ')}\n`);
    } finally {
      demo.child.kill('SIGKILL');
    }
  }
}

function startDemo(folder, env, node, ports) {
  const command = `stty cols 250; exec wine '${node}' tools/run.mjs cli demo`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: {
      ...env,
      ...{ OR_HOST: '127.0.0.1', OR_PORT: ports.api, OR_CONTROLLER_PORT: ports.controller },
      ...{ OR_WORKER_PORT: ports.worker, OR_SIMULATOR_PORT: ports.simulator },
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stdin.on('error', () => undefined);
  // Colours and cursor movements.
  const text = () =>
    output.replaceAll(/\u001b(?:\[[0-9;?]*[a-zA-Z]|\][^\u0007]*\u0007)/g, '').replaceAll('\r', '');
  return { child, text };
}
