/** Which addresses a service answers, and how it stops. */
import { Agent, createServer, get, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { eventually } from '../testing';
import { listen, type Listening } from './listen';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const itWithIpv6 = hasIpv6 ? it : it.skip;
if (!hasIpv6) process.stdout.write('Skipped: this machine has no ::1.\n');

const hello: RequestListener = (_request, response) => void response.end('hello');
const open: Listening[] = [];
const agent = new Agent({ keepAlive: true });

async function start(listener: RequestListener, host = '127.0.0.1', port = 0): Promise<Listening> {
  const listening = await listen(listener, { host, port });
  open.push(listening);
  return listening;
}
afterEach(async () => {
  agent.destroy();
  await Promise.all(
    open.splice(0).map((listening) => {
      listening.closeAllConnections();
      return listening.close();
    }),
  );
});

const ask = async (url: string): Promise<string> => (await fetch(url)).text();
const codeOf = (url: string): Promise<unknown> =>
  fetch(url).then(
    () => 'answered',
    (error: { cause: { code: string } }) => error.cause.code,
  );

/** A request over a connection that is kept, and its answer's text. */
function askKeeping(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => resolve(text(answer))).on('error', reject);
  });
}

it.each(['127.0.0.1', '0.0.0.0', 'localhost'])('the host %s gives an address that works', async (host) => {
  const { url, port } = await start(hello, host);
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(await ask(url)).toBe('hello');
});

itWithIpv6.each(['127.0.0.1', '0.0.0.0', 'localhost'])('the host %s answers on ::1 as well', async (host) => {
  const { port } = await start(hello, host);
  expect(await ask(`http://[::1]:${port}`)).toBe('hello');
});

itWithIpv6('the host ::1 answers there only', async () => {
  const { url, port } = await start(hello, '::1');
  expect(url).toBe(`http://[::1]:${port}`);
  expect(await ask(url)).toBe('hello');
  expect(await codeOf(`http://127.0.0.1:${port}`)).toBe('ECONNREFUSED');
});

it('a port that is taken is an error with code EADDRINUSE', async () => {
  const { port } = await start(hello);
  await expect(start(hello, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

itWithIpv6('a port that is taken on ::1 only is an error and leaves nothing open', async () => {
  const other = createServer(hello);
  await new Promise<void>((resolve) => void other.listen({ host: '::1', port: 0, ipv6Only: true }, resolve));
  const { port } = other.address() as AddressInfo;
  await expect(start(hello, '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(await codeOf(`http://127.0.0.1:${port}`)).toBe('ECONNREFUSED');
  other.closeAllConnections();
  other.close();
});

it('a host that this machine does not have is an error', async () => {
  await expect(start(hello, '203.0.113.1')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
});

describe('close', () => {
  let response: ServerResponse | undefined;
  const hold: RequestListener = (_request, outgoing) => {
    response = outgoing;
    outgoing.write('begun ');
  };
  beforeEach(() => (response = undefined));

  it('refuses new connections on every address', async () => {
    const { url, port, close } = await start(hello);
    await close();
    expect(await codeOf(url)).toBe('ECONNREFUSED');
    if (hasIpv6) expect(await codeOf(`http://[::1]:${port}`)).toBe('ECONNREFUSED');
  });

  it('shuts connections that are kept but idle', async () => {
    const { url, close } = await start(hello);
    expect(await askKeeping(url)).toBe('hello');
    await close();
  });

  it('waits for a running request, and not for its kept connection after that', async () => {
    const { url, close } = await start(hold);
    const answer = askKeeping(url);
    await eventually(() => response !== undefined);
    let isClosed = false;
    const end = close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    response?.end('ended');
    expect(await answer).toBe('begun ended');
    await end;
  });

  it('after cutting all connections does not wait', async () => {
    const { url, close, closeAllConnections } = await start(hold);
    const answer = askKeeping(url).catch(() => 'cut');
    await eventually(() => response !== undefined);
    const end = close();
    closeAllConnections();
    expect(await answer).toBe('cut');
    await end;
  });
});
