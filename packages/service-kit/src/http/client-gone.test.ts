/** When a client counts as gone. */
import { request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { OrcestatorError } from '@orcestator/protocol';
import { eventually, startApp } from '../testing';
import { clientGoneSignal } from './client-gone';
import type { Listening } from './listen';

let app: Listening | undefined;
afterEach(() => app?.close());

interface Exchange {
  readonly client: ClientRequest;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A request whose body the server has read, and which it has not answered yet. */
async function exchange(): Promise<Exchange> {
  const arrived = new Promise<Pick<Exchange, 'request' | 'response'>>((resolve) => {
    void startApp((incoming, response) => resolve({ request: incoming, response })).then((listening) => {
      app = listening;
      client = request(listening.url, { method: 'POST' });
      client.on('error', () => undefined).end('body');
    });
  });
  let client: ClientRequest | undefined;
  const sides = await arrived;
  if (!client) throw new Error('no client');
  return { client, ...sides };
}

const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => void response.once('close', resolve));

it('a client that leaves before the head aborts the signal with client_gone', async () => {
  const { client, response } = await exchange();
  const signal = clientGoneSignal(response);
  client.destroy();
  await eventually(() => signal.aborted);
  expect(signal.reason).toBeInstanceOf(OrcestatorError);
  expect(signal.reason).toMatchObject({ kind: 'client_gone' });
});

it('a client that leaves inside the answer aborts the signal', async () => {
  const { client, response } = await exchange();
  const signal = clientGoneSignal(response);
  client.once('response', (answer: IncomingMessage) => answer.once('data', () => client.destroy()));
  response.write('begun');
  await eventually(() => signal.aborted);
});

it('the end of the answer does not', async () => {
  const { client, response } = await exchange();
  const signal = clientGoneSignal(response);
  client.once('response', (answer: IncomingMessage) => answer.resume());
  const end = closed(response);
  response.end('all');
  await end;
  expect(signal.aborted).toBe(false);
});

it('the end of the request body does not', async () => {
  const { request: incoming, response } = await exchange();
  const signal = clientGoneSignal(response);
  incoming.resume();
  await finished(incoming);
  await new Promise((resolve) => setImmediate(resolve));
  expect(incoming.destroyed).toBe(true);
  expect(signal.aborted).toBe(false);
});

it('a client that had left before anyone asked is gone as well', async () => {
  const { client, response } = await exchange();
  const end = closed(response);
  client.destroy();
  await end;
  expect(clientGoneSignal(response).aborted).toBe(true);
});

describe('a client that sends requests ahead', () => {
  let socket: Socket | undefined;
  afterEach(() => socket?.destroy());

  /** So many requests on one connection, none of them answered yet. */
  async function pipeline(count: number): Promise<ServerResponse[]> {
    const responses: ServerResponse[] = [];
    const { port } = (app = await startApp((_request, response) => void responses.push(response)));
    socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.resume().write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(count));
    await eventually(() => responses.length === count);
    return responses;
  }

  it('is gone for all of them when the connection closes', async () => {
    const responses = await pipeline(3);
    const signals = responses.map(clientGoneSignal);
    const closes = responses.map(closed);
    socket?.destroy();
    await Promise.all(closes);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
    expect(responses.map((response) => response.destroyed)).toEqual([true, true, true]);
  });

  it('is gone as well where it left before anyone asked', async () => {
    const [first, second] = await pipeline(2);
    if (!first || !second) throw new Error('two requests are expected');
    const end = closed(first);
    socket?.destroy();
    await end;
    expect(clientGoneSignal(second).aborted).toBe(true);
  });

  it('is not gone when its answers have ended, and its connection collects no listeners', async () => {
    const responses = await pipeline(30);
    const [first] = responses;
    const connection = first?.req.socket;
    const before = connection?.listenerCount('close') ?? 0;
    const signals = responses.map(clientGoneSignal);
    expect(connection?.listenerCount('close')).toBeLessThanOrEqual(before + 1);
    const closes = responses.map(closed);
    for (const response of responses) response.end('all');
    await Promise.all(closes);
    socket?.destroy();
    await eventually(() => connection?.closed === true);
    expect(signals.some((signal) => signal.aborted)).toBe(false);
  });
});
