/** Streams through a proxy. */
import { createServer } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually, startApp } from '../testing';
import type { Listening } from './listen';
import { networkFailureOf } from './network-errors';
import { createStreamClient, type ProxySettings, type StreamClient } from './stream-client';

let app: Listening;
let proxy: Server;
let proxyUrl = '';
let tunnels: { readonly target: string; readonly authorization: string | undefined }[] = [];
const sockets = new Set<Socket>();
let client: StreamClient | undefined;

beforeAll(async () => {
  app = await startApp((_request, response) => void response.end('answer'));
  proxy = createServer().on('connect', (request, socket: Socket) => {
    tunnels.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    const { hostname, port } = new URL(`http://${request.url}`);
    const peer = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const each of [socket, peer]) sockets.add(each.on('error', () => undefined));
    socket.pipe(peer).pipe(socket);
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  sockets.forEach((socket) => socket.destroy());
  proxy.close();
  await app.close();
});
afterEach(async () => {
  tunnels = [];
  await client?.close();
});

async function ask(
  settings: Partial<ProxySettings> | undefined,
  { connectTimeout = 2_000, signal = new AbortController().signal } = {},
): Promise<string> {
  const proxySettings = settings && { httpProxy: '', httpsProxy: '', noProxy: '', ...settings };
  client = createStreamClient({ connectTimeout, keepAliveTimeout: 4_000, proxy: proxySettings });
  const call = { method: 'GET', url: app.url, headers: {}, signal, headersTimeout: 5_000 } as const;
  return text((await client.open(call)).body);
}

it('a given proxy is used', async () => {
  expect(await ask({ httpProxy: proxyUrl })).toBe('answer');
  expect(tunnels.map(({ target }) => target)).toEqual([`127.0.0.1:${app.port}`]);
});

it('name and password of the proxy are sent to it', async () => {
  await ask({ httpProxy: proxyUrl.replace('//', '//user:p%40ss@') });
  expect(tunnels[0]?.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

it.each(['127.0.0.1', '*', 'example.org,127.0.0.1', 'example.org 127.0.0.1'])(
  'NO_PROXY %j is honoured',
  async (noProxy) => {
    expect(await ask({ httpProxy: proxyUrl, noProxy })).toBe('answer');
    expect(tunnels).toEqual([]);
  },
);

it('NO_PROXY of another host changes nothing', async () => {
  await ask({ httpProxy: proxyUrl, noProxy: 'example.org' });
  expect(tunnels).toHaveLength(1);
});

it('a proxy for https only is not used for http', async () => {
  expect(await ask({ httpsProxy: proxyUrl })).toBe('answer');
  expect(tunnels).toEqual([]);
});

describe('with a proxy in the environment of the process', () => {
  const names = ['HTTP_PROXY', 'http_proxy'];
  const before = names.map((name) => process.env[name]);
  beforeEach(() => names.forEach((name) => (process.env[name] = proxyUrl)));
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  });

  it.each([undefined, {}])('the settings %j mean none', async (settings) => {
    expect(await ask(settings)).toBe('answer');
    expect(tunnels).toEqual([]);
  });

  it('a NO_PROXY of the environment does not count either', async () => {
    process.env.no_proxy = '*';
    try {
      await ask({ httpProxy: proxyUrl });
    } finally {
      delete process.env.no_proxy;
    }
    expect(tunnels).toHaveLength(1);
  });
});

it('a proxy that is not there is refused', async () => {
  const { url, close } = await startApp(() => undefined);
  await close();
  const error: unknown = await ask({ httpProxy: url }).catch((thrown: unknown) => thrown);
  expect(networkFailureOf(error)).toBe('refused');
});

it('a proxy that refuses the tunnel is an error that names its status', async () => {
  const refusing = createServer().on('connect', (_request, socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'));
  await new Promise<void>((resolve) => void refusing.listen(0, '127.0.0.1', resolve));
  const { port } = refusing.address() as AddressInfo;
  await expect(ask({ httpProxy: `http://127.0.0.1:${port}` })).rejects.toThrow('407');
  refusing.close();
});

describe('a proxy that says nothing', () => {
  let silent: Server;
  let silentUrl = '';
  let open: Socket[] = [];
  beforeEach(async () => {
    open = [];
    silent = createTcpServer((socket) => void open.push(socket.on('error', () => undefined).resume()));
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    silentUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    open.forEach((socket) => socket.destroy());
    silent.close();
  });

  it('is a timeout after the time to connect', async () => {
    const error: unknown = await ask({ httpProxy: silentUrl }, { connectTimeout: 50 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(networkFailureOf(error)).toBe('timeout');
    await eventually(() => open[0]?.closed === true);
  });

  it('does not hold an abort', async () => {
    const stop = new AbortController();
    const answer = ask({ httpProxy: silentUrl }, { signal: stop.signal, connectTimeout: 60_000 });
    await eventually(() => open.length === 1);
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });
});
