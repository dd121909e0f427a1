/** Waiting for a client that reads slowly. */
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { startApp } from '../testing';
import { drained } from './drained';
import type { Listening } from './listen';

let app: Listening;
afterEach(() => app.close());

/** An answer that has written more than its client has taken. */
async function fullResponse(): Promise<{ response: ServerResponse; answer: IncomingMessage }> {
  const sides = await new Promise<{ response: ServerResponse; answer: IncomingMessage }>(
    (resolve, reject) => {
      let response: ServerResponse;
      startApp((_request, outgoing) => {
        response = outgoing;
        response.write(Buffer.alloc(64 * 1024 * 1024));
      }).then((listening) => {
        app = listening;
        get(listening.url, (answer) => resolve({ response, answer }));
      }, reject);
    },
  );
  expect(sides.response.writableNeedDrain).toBe(true);
  return sides;
}

it('ends when the client has taken what was written', async () => {
  const { response, answer } = await fullResponse();
  const wait = drained(response);
  answer.resume();
  await wait;
  expect(response.writableNeedDrain).toBe(false);
});

it('ends when the client leaves, and leaves no listener', async () => {
  const { response, answer } = await fullResponse();
  const before = response.listenerCount('close');
  const wait = drained(response);
  answer.on('error', () => undefined).destroy();
  await wait;
  expect(response.destroyed).toBe(true);
  expect([response.listenerCount('drain'), response.listenerCount('close') <= before]).toEqual([0, true]);
});

it('ends at once when the client has left already', async () => {
  const { response, answer } = await fullResponse();
  const closed = new Promise((resolve) => response.once('close', resolve));
  answer.on('error', () => undefined).destroy();
  await closed;
  await drained(response);
  expect(response.listenerCount('drain')).toBe(0);
});
