/** JSON calls between the services. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { createServer } from 'node:net';
import { eventually, startApp } from '../testing';
import { errorCodeOf, networkFailureOf } from './network-errors';
import type { Listening } from './listen';
import { createJsonClient, HttpStatusError } from './post-json';

let app: Listening | undefined;
const client = createJsonClient(5_000);
const closed: IncomingMessage[] = [];

async function serve(listener: RequestListener): Promise<string> {
  app = await startApp((request, response) => {
    response.once('close', () => void closed.push(request));
    listener(request, response);
  });
  return app.url;
}
afterEach(async () => {
  await app?.close();
  app = undefined;
  closed.length = 0;
});

/** The error of a call that must fail. */
async function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => Promise.reject(new Error('the call did not fail')),
    (error: unknown) => error as Error,
  );
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const { port, close } = await startApp(() => undefined);
  await close();
  return port;
}

it('a post sends JSON with its headers and gives the parsed answer', async () => {
  const url = await serve((request, response) => {
    void text(request).then((body) => {
      const { method, url: path, headers } = request;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ method, path, type: headers['content-type'], token: headers['x-token'], body }),
      );
    });
  });
  expect(await client.post(`${url}/a?b=c`, { d: 'я' }, { headers: { 'x-token': 't' } })).toEqual({
    method: 'POST',
    path: '/a?b=c',
    type: 'application/json',
    token: 't',
    body: '{"d":"я"}',
  });
});

it('a get sends no body', async () => {
  const url = await serve((request, response) => {
    void text(request).then((body) => response.end(JSON.stringify([request.method, body])));
  });
  expect(await client.get(url)).toEqual(['GET', '']);
});

it.each([300, 302, 400, 401, 404, 500, 503])(
  'the status %d is an error with status and body',
  async (status) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end('{"message":"no"}');
    });
    const error = await failureOf(client.post(`${url}/a`, {}));
    expect(error).toBeInstanceOf(HttpStatusError);
    expect(error).toMatchObject({ status, body: { message: 'no' }, message: `${url}/a answered ${status}` });
  },
);

it('a port on which nobody listens is an error with the code of the system', async () => {
  const error = await failureOf(client.post(`http://127.0.0.1:${await freePort()}`, {}));
  expect(errorCodeOf(error)).toBe('ECONNREFUSED');
  expect(networkFailureOf(error)).toBe('refused');
});

it('a connection that is cut is broken, not refused', async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(networkFailureOf(await failureOf(client.post(url, {})))).toBe('broken');
});

it('a peer that does not answer is a timeout, and the connection is closed', async () => {
  const url = await serve(() => undefined);
  expect(networkFailureOf(await failureOf(createJsonClient(50).post(url, {})))).toBe('timeout');
  await eventually(() => closed.length === 1);
});

it('a peer that dribbles its answer is a timeout as well', async () => {
  const url = await serve((_request, response) => {
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  });
  const error = await failureOf(createJsonClient(100).get(url));
  expect(networkFailureOf(error)).toBe('timeout');
  expect(error.message).toBe('timeout of 100 ms exceeded');
  await eventually(() => closed.length === 1);
});

it('a peer that accepts the connection and says nothing is a timeout', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets: { destroy(): void }[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  const { port } = server.address() as { port: number };
  expect(networkFailureOf(await failureOf(createJsonClient(50).get(`http://127.0.0.1:${port}`)))).toBe(
    'timeout',
  );
  sockets.forEach((socket) => socket.destroy());
  server.close();
});

it('an abort ends the call and closes the connection', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort());
  const error = await failureOf(client.post(url, {}, { signal: stop.signal }));
  expect(errorCodeOf(error)).toBe('ERR_CANCELED');
  await eventually(() => closed.length === 1);
});

it('a call whose signal has aborted already is not made', async () => {
  const calls: string[] = [];
  const url = await serve((request, response) => {
    calls.push(request.url ?? '');
    response.end();
  });
  await failureOf(client.post(url, {}, { signal: AbortSignal.abort() }));
  expect(calls).toEqual([]);
});

it('a signal that outlives many calls keeps no listener of them', async () => {
  const { signal } = new AbortController();
  const added = jest.spyOn(signal, 'addEventListener');
  const removed = jest.spyOn(signal, 'removeEventListener');
  const url = await serve((_request, response) => void response.end('{}'));
  await client.post(url, {}, { signal });
  expect(added).toHaveBeenCalled();
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
});

describe('with a proxy in the environment', () => {
  const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
  const before = names.map((name) => process.env[name]);
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  });

  it('calls go straight to the peer', async () => {
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const url = await serve((_request, response) => void response.end('"direct"'));
    for (const name of names) process.env[name] = proxy;
    expect(await client.get(url)).toBe('direct');
  });
});

it('no error shows a header of the call', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/status') response.writeHead(500).end();
    else if (request.url === '/cut') request.socket.destroy();
  });
  const headers = { authorization: 'Bearer hunter22' };
  const dead = `http://127.0.0.1:${await freePort()}`;
  const urls = [`${url}/status`, `${url}/cut`, `${url}/silent`, dead];
  for (const target of urls) {
    const error = await failureOf(createJsonClient(50).post(target, {}, { headers }));
    const shown = JSON.stringify([error, error.stack, error.cause, Object.entries(error)]);
    expect(shown).not.toContain('hunter22');
  }
});

it('an answer that has come while this process was busy is in time', async () => {
  const url = await serve((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end('{"a":1}');
    // Timers are what the event loop turns to next after this.
    setImmediate(() => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
  });
  expect(await createJsonClient(150).get(url)).toEqual({ a: 1 });
});
