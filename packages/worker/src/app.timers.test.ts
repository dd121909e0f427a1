/** Five timers, each with an error of its own that names its setting. */
import { createServer, type Socket } from 'node:net';
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';
import { chunk, COMMENT } from '@orcestator/stream-normaliser/testing';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

it('connect: an upstream that takes no connection', async () => {
  // It accepts the socket and never answers the TLS handshake, which belongs to the connection.
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await stage.start({ OR_BASE_URL: `https://127.0.0.1:${port}/api/v1`, OR_CONNECT_TIMEOUT: '0.2' });
  const answer = await stage.chat();
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('OR_CONNECT_TIMEOUT')]);
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => silent.close(resolve));
});

it('first byte: an upstream that accepts the request and says nothing', async () => {
  stage.script = () => undefined;
  await stage.start({ OR_FIRST_BYTE_TIMEOUT: '0.2' });
  const answer = await stage.chat();
  expect([answer.status, await answer.text()]).toEqual([
    504,
    expect.stringContaining('OR_FIRST_BYTE_TIMEOUT'),
  ]);
});

it('byte idle: a stream in which even the comments have ceased', async () => {
  const clock = createManualClock();
  stage.script = (response) => void eventStream(response).write(chunk({ content: 'Hel' }));
  await stage.start({ OR_BYTE_IDLE_TIMEOUT: '20' }, { clock });
  const text = (await stage.chat({ stream: true })).text();
  await clock.advance(20_001);
  expect(await text).toContain('OR_BYTE_IDLE_TIMEOUT');
});

it('content idle: pitfall 4, comments go on and the model says nothing', async () => {
  const clock = createManualClock();
  let comment: () => void = () => undefined;
  stage.script = (response) => {
    eventStream(response).write(chunk({ content: 'Hel' }));
    comment = () => void response.write(COMMENT);
  };
  await stage.start({ OR_CONTENT_IDLE_TIMEOUT: '30', OR_BYTE_IDLE_TIMEOUT: '25' }, { clock });
  const answer = await stage.chat({ stream: true });
  const text = answer.text();
  for (let at = 0; at < 4; at += 1) {
    comment();
    await clock.advance(8_000);
  }
  expect(await text).toContain('OR_CONTENT_IDLE_TIMEOUT');
});

it('total: an answer that never ends, however lively', async () => {
  const clock = createManualClock();
  let more: () => void = () => undefined;
  stage.script = (response) => {
    eventStream(response);
    more = () => void response.write(chunk({ content: 'more ' }));
    more();
  };
  await stage.start({ OR_TOTAL_TIMEOUT: '60' }, { clock });
  const text = (await stage.chat({ stream: true })).text();
  for (let at = 0; at < 7; at += 1) {
    more();
    await clock.advance(9_000);
  }
  expect(await text).toContain('OR_TOTAL_TIMEOUT');
  await eventually(() => stage.upstream[0]?.isAborted === true);
});
