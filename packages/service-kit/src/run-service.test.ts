/** A service as a real process: how it starts, stops and exits. Needs the built package. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startApp } from './testing';

jest.setTimeout(20_000);

const fixtures = join(__dirname, '__fixtures__');
let folder = '';
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-service-'));
});
afterEach(() => {
  children.forEach((child) => child.kill('SIGKILL'));
  children = [];
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly exit: Promise<{ code: number | null; output: string }>;
}

function start(args: string[] = [], env: Record<string, string> = {}, fixture = 'tiny-service.cjs'): Started {
  const child = fork(join(fixtures, fixture), args, {
    cwd: folder,
    env: { PATH: process.env.PATH, TINY_NOTES: join(folder, 'notes'), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => parts.push(String(part)));
  const exit = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    output: parts.join(''),
  }));
  return { child, exit };
}

async function listening(env: Record<string, string> = {}): Promise<Started & { url: string }> {
  const started = start([], env);
  const [message] = (await once(started.child, 'message')) as [{ type: string; url: string }];
  expect(message.type).toBe('listening');
  return { ...started, url: message.url };
}

/** An answer that has begun, and what its whole text will be. */
async function begin(url: string): Promise<{ end: Promise<string> }> {
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  let received = '';
  const end = new Promise<string>((resolve) => {
    answer.on('data', (part) => (received += String(part)));
    answer.on('end', () => resolve(received)).on('error', () => resolve('cut'));
  });
  await eventually(() => received !== '');
  return { end };
}

const notes = (): string[] => {
  const path = join(folder, 'notes');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

describe('does not start', () => {
  it('with --help: prints the help and exits with 0', async () => {
    const { code, output } = await start(['--help']).exit;
    expect(code).toBe(0);
    expect(output).toContain('переменная TINY_PORT');
  });

  it('with wrong settings: prints all of them and exits with 2', async () => {
    const { code, output } = await start(['--port', 'x', '--bogus'], { OR_LOG_LEVEL: 'loud' }).exit;
    expect(code).toBe(2);
    expect(output).toMatch(/--bogus[^]*--port \/ TINY_PORT[^]*--log-level \/ OR_LOG_LEVEL/);
  });

  it('with a wrong .env: exits with 2', async () => {
    writeFileSync(join(folder, '.env'), 'TINY_PORT=x\n');
    expect((await start().exit).code).toBe(2);
  });

  it('with a .env that cannot be read: says so and exits with 2', async () => {
    mkdirSync(join(folder, '.env'));
    const { code, output } = await start().exit;
    expect(code).toBe(2);
    expect(output).toMatch(/^tiny cannot start: \.env cannot be read: EISDIR/);
  });

  it('on a taken port: exits with 1 and names flag and variable', async () => {
    const other = await startApp(() => undefined);
    const { code, output } = await start(['--port', String(other.port)]).exit;
    await other.close();
    expect(code).toBe(1);
    expect(output).toMatch(/port \d+ on 127\.0\.0\.1 is taken .* another port with --port \/ TINY_PORT\./);
  });

  it('on an address of another machine: exits with 1 and names flag and variable', async () => {
    const { code, output } = await start(['--host', '203.0.113.1']).exit;
    expect(code).toBe(1);
    expect(output).toContain('no address 203.0.113.1. Give another one with --host / TINY_HOST.');
  });

  it('without its certificate: exits with 1 and says which file is missing', async () => {
    const { code, output } = await start(['--ssl'], { SSL_KEYFILE: 'no.key', SSL_CERTFILE: 'no.crt' }).exit;
    expect(code).toBe(1);
    expect(output).toMatch(/cannot start .*SSL_KEYFILE: ENOENT.*no\.key/);
  });

  it('where it cannot be built: exits with 1, and the reason is written without secrets', async () => {
    const { code, output } = await start([], { TINY_FAILURE: 'create' }).exit;
    expect(code).toBe(1);
    expect(output).toContain('create failed with [hidden]');
  });
});

describe('stops', () => {
  it('at SIGTERM after the running request, and exits with 0', async () => {
    const { child, exit, url } = await listening();
    const { end } = await begin(`${url}/slow`);
    const since = Date.now();
    child.kill('SIGTERM');
    expect(await end).toBe('begun ended');
    const { code, output } = await exit;
    expect(code).toBe(0);
    expect(Date.now() - since).toBeLessThan(4_000);
    expect(notes()).toEqual(['stopping', 'stopped']);
    expect(output).toMatch(/stopping \(SIGTERM\)[^]*stopped\n$/);
  });

  it('a stream that lasts longer than the time to drain is asked to end', async () => {
    const { child, exit, url } = await listening();
    const { end } = await begin(`${url}/stream`);
    child.kill('SIGTERM');
    expect(await end).toBe('begun stopped');
    expect((await exit).code).toBe(0);
  });

  it('an answer that does not end even then is cut', async () => {
    const { child, exit, url } = await listening();
    const { end } = await begin(`${url}/for-ever`);
    child.kill('SIGINT');
    expect(await end).toBe('cut');
    expect((await exit).code).toBe(0);
    expect(notes()).toEqual(['stopping', 'stopped']);
  });

  it('takes no new connection meanwhile', async () => {
    const { child, exit, url } = await listening();
    const { end } = await begin(`${url}/slow`);
    child.kill('SIGTERM');
    await eventually(() =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    );
    expect(await end).toBe('begun ended');
    await exit;
  });

  it('when the parent process asks it to', async () => {
    const { child, exit } = await listening();
    child.send('shutdown');
    const { code, output } = await exit;
    expect(code).toBe(0);
    expect(output).toContain('stopping (asked to)');
  });

  it('once, however often it is asked', async () => {
    const { child, exit } = await listening();
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) child.kill(signal);
    child.send('shutdown');
    expect((await exit).code).toBe(0);
    expect(notes()).toEqual(['stopping', 'stopped']);
  });

  it('with 1 when its own end fails', async () => {
    const { child, exit } = await listening({ TINY_FAILURE: 'stopping' });
    child.kill('SIGTERM');
    const { code, output } = await exit;
    expect(code).toBe(1);
    expect(output).toContain('stopping failed');
  });

  it('in order when the parent process is gone', async () => {
    const { child } = start([], {}, 'parent.cjs');
    const [{ pid }] = (await once(child, 'message')) as [{ pid: number }];
    child.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
    expect(notes()).toEqual(['stopping', 'stopped']);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
