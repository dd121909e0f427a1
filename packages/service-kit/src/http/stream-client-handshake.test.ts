/** Calls that are given up before there is a connection for them. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../testing';
import { createStreamClient, type StreamClient } from './stream-client';

/** It takes connections and never answers a TLS handshake. */
let silent: Server;
let open: Socket[] = [];
let client: StreamClient;
let url = '';
beforeEach(async () => {
  open = [];
  silent = createServer((socket) => void open.push(socket.on('error', () => undefined).resume()));
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  client = createStreamClient({ connectTimeout: 60_000, keepAliveTimeout: 4_000 });
});
afterEach(async () => {
  await client.close();
  open.forEach((socket) => socket.destroy());
  await new Promise((resolve) => silent.close(resolve));
});

const ask = (signal: AbortSignal): Promise<unknown> =>
  client
    .open({ method: 'POST', url, headers: {}, body: '{}', signal, headersTimeout: 60_000 })
    .catch((error: unknown) => error);

it('an abort during the TLS handshake closes the connection at once, and no other one', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const answer = ask(first.signal);
  await eventually(() => open.length === 1);
  const other = ask(second.signal);
  await eventually(() => open.length === 2);
  first.abort(new Error('enough'));
  expect(await answer).toMatchObject({ message: 'enough' });
  await eventually(() => open[0]?.closed === true);
  expect(open[1]?.closed).toBe(false);
  second.abort(new Error('enough too'));
  expect(await other).toMatchObject({ message: 'enough too' });
  await eventually(() => open[1]?.closed === true);
});

it('the next call gets a connection of its own', async () => {
  const first = new AbortController();
  const answer = ask(first.signal);
  await eventually(() => open.length === 1);
  first.abort(new Error('enough'));
  await answer;
  const second = new AbortController();
  const other = ask(second.signal);
  await eventually(() => open.length === 2);
  second.abort(new Error('enough too'));
  await other;
});

it('a signal that has aborted before opens no connection', async () => {
  expect(await ask(AbortSignal.abort(new Error('before')))).toMatchObject({ message: 'before' });
  const next = new AbortController();
  const answer = ask(next.signal);
  await eventually(() => open.length > 0);
  expect(open).toHaveLength(1);
  next.abort(new Error('enough'));
  await answer;
});
