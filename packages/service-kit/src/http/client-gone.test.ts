/** When a client counts as gone. */
import { request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
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
