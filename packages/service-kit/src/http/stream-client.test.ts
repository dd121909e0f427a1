/** Calls whose answer is a stream. */
import { randomBytes } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventually, startApp } from '../testing';
import type { Listening } from './listen';
import { networkFailureOf } from './network-errors';
import { createStreamClient, type StreamRequest } from './stream-client';

const client = createStreamClient({ connectTimeout: 2_000, keepAliveTimeout: 4_000 });
let app: Listening | undefined;
let closed: ServerResponse[] = [];

async function serve(listener: RequestListener): Promise<string> {
  app = await startApp((request, response) => {
    response.once('close', () => closed.push(response));
    listener(request, response);
  });
  return app.url;
}
afterEach(async () => {
  await app?.close();
  app = undefined;
  closed = [];
});
afterAll(() => client.close());

function requestTo(url: string, parts: Partial<StreamRequest> = {}): StreamRequest {
  const { signal } = new AbortController();
  return { method: 'GET', url, headers: {}, signal, headersTimeout: 5_000, ...parts };
}

it('method, path, headers and body reach the peer, status and headers come back', async () => {
  const url = await serve((request, response) => {
    void text(request).then((body) => {
      response.writeHead(418, { 'x-key': 'v', 'set-cookie': ['a=1', 'b=2'] });
      response.end([request.method, request.url, request.headers['x-token'], body].join(' '));
    });
  });
  const call = { method: 'POST', body: 'hello', headers: { 'x-token': 't' } } as const;
  const answer = await client.open(requestTo(`${url}/a?b=c`, call));
  expect([answer.status, answer.headers['x-key'], answer.headers['set-cookie']]).toEqual([
    418,
    'v',
    ['a=1', 'b=2'],
  ]);
  expect(await text(answer.body)).toBe('POST /a?b=c t hello');
});

it('a redirect is given back, not followed', async () => {
  const url = await serve((_request, response) => void response.writeHead(302, { location: '/b' }).end());
  const answer = await client.open(requestTo(url));
  answer.body.discard();
  expect(answer.status).toBe(302);
});

it('each piece arrives before the next one is written', async () => {
  let response: ServerResponse | undefined;
  const url = await serve((_request, outgoing) => {
    response = outgoing;
    outgoing.write('piece 1');
  });
  const answer = await client.open(requestTo(url));
  const pieces: string[] = [];
  for await (const piece of answer.body) {
    pieces.push(String(piece));
    if (pieces.length < 3) response?.write(`piece ${pieces.length + 1}`);
    else response?.end();
  }
  expect(pieces).toEqual(['piece 1', 'piece 2', 'piece 3']);
});

it('a large body arrives byte for byte, however slowly it is read', async () => {
  const bytes = randomBytes(3 * 1024 * 1024);
  const url = await serve((_request, response) => void response.end(bytes));
  const answers = await Promise.all([client.open(requestTo(url)), client.open(requestTo(url))]);
  const [slow, fast] = await Promise.all(
    answers.map(async ({ body }, index) => {
      const pieces: Buffer[] = [];
      for await (const piece of body) {
        pieces.push(piece);
        if (index === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return Buffer.concat(pieces);
    }),
  );
  expect(slow?.equals(bytes)).toBe(true);
  expect(fast?.equals(bytes)).toBe(true);
});

it('an abort before the head closes the connection', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort(new Error('enough')));
  await expect(client.open(requestTo(url, { signal: stop.signal }))).rejects.toThrow('enough');
  await eventually(() => closed.length === 1);
  expect(closed[0]?.writableEnded).toBe(false);
});

it('an abort after the head closes the connection', async () => {
  const stop = new AbortController();
  const url = await serve((_request, response) => void response.write('begun'));
  const { body } = await client.open(requestTo(url, { signal: stop.signal }));
  const end = text(body);
  stop.abort(new Error('enough'));
  await expect(end).rejects.toThrow('enough');
  await eventually(() => closed.length === 1);
  expect(closed[0]?.writableEnded).toBe(false);
});

it('destroying the body closes the connection', async () => {
  const url = await serve((_request, response) => void response.write('begun'));
  const { body } = await client.open(requestTo(url));
  body.destroy();
  await eventually(() => closed.length === 1);
});

it('a peer that sends no head in time is a timeout, and the connection is closed', async () => {
  const url = await serve(() => undefined);
  const error: unknown = await client
    .open(requestTo(url, { headersTimeout: 50 }))
    .catch((thrown: unknown) => thrown);
  expect(networkFailureOf(error)).toBe('timeout');
  await eventually(() => closed.length === 1);
});

it('the time for the head does not bound the body', async () => {
  let response: ServerResponse | undefined;
  const url = await serve((request, outgoing) => {
    if (request.url === '/silent') return;
    response = outgoing;
    outgoing.write('begun ');
  });
  const { body } = await client.open(requestTo(url, { headersTimeout: 50 }));
  // A second call with the same limit runs into it: by then the first one would have, too.
  await expect(client.open(requestTo(`${url}/silent`, { headersTimeout: 50 }))).rejects.toThrow();
  response?.end('ended');
  expect(await text(body)).toBe('begun ended');
});

it('a port on which nobody listens is refused', async () => {
  const url = await serve(() => undefined);
  await app?.close();
  const error: unknown = await client.open(requestTo(url)).catch((thrown: unknown) => thrown);
  expect(networkFailureOf(error)).toBe('refused');
});

it('a connection that is cut inside the answer breaks the body', async () => {
  const url = await serve((request, response) => {
    response.write('begun');
    setImmediate(() => request.socket.destroy());
  });
  const { body } = await client.open(requestTo(url));
  const error: unknown = await text(body).catch((thrown: unknown) => thrown);
  expect(networkFailureOf(error)).toBe('broken');
});

it('many streams run at the same time', async () => {
  const open: ServerResponse[] = [];
  const url = await serve((_request, response) => {
    open.push(response);
    if (open.length === 30) open.forEach((each) => each.end('x'));
  });
  const answers = await Promise.all(Array.from({ length: 30 }, () => client.open(requestTo(url))));
  expect(await Promise.all(answers.map(({ body }) => text(body)))).toEqual(Array(30).fill('x'));
});

it('closing the client cuts what still runs', async () => {
  const own = createStreamClient({ connectTimeout: 2_000, keepAliveTimeout: 4_000 });
  const url = await serve((_request, response) => void response.write('begun'));
  const { body } = await own.open(requestTo(url));
  const end = text(body);
  await Promise.all([own.close(), expect(end).rejects.toThrow()]);
  await eventually(() => closed.length === 1);
});
