/** Upstreams that cannot be talked to: each has a text of its own, and is asked again only where that may help. */
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createManualClock, eventually, type ManualClock } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';
import { chunk, DONE, finish } from '@orcestator/stream-normaliser/testing';

let stage: WorkerStage;
let server: Server | undefined;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(async () => {
  await stage.close();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function open(opened: Server): Promise<string> {
  server = opened;
  await new Promise<void>((resolve) => void opened.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(opened.address() as AddressInfo).port}`;
}

/** Moves time until the answer is there. */
async function answeredBy(clock: ManualClock, pending: Promise<Response>): Promise<Response> {
  let isThere = false;
  void pending.then(() => (isThere = true));
  await eventually(async () => {
    await clock.advance(500);
    return isThere;
  });
  return pending;
}

it.each([
  ['http', 'OR_BASE_URL'],
  ['https', 'TLS'],
])('a server that is none: %s', async (protocol, remedy) => {
  let connections = 0;
  const host = await open(
    createServer((socket: Socket) => {
      connections += 1;
      socket
        .on('error', () => undefined)
        .resume()
        .end('SSH-2.0-OpenSSH_9.6\r\n');
    }),
  );
  await stage.start({ OR_BASE_URL: `${protocol}://${host}/api/v1`, OR_MAX_RETRIES: '2' });
  const answer = await stage.chat();
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining(remedy)]);
  expect(connections).toBe(1);
});

it('a proxy that wants a login: the remedy is told, the password is not', async () => {
  let tunnels = 0;
  const host = await open(
    createHttpServer().on('connect', (_request, socket) => {
      tunnels += 1;
      socket.resume().end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    }),
  );
  const HTTPS_PROXY = `http://user:secret@${host}`;
  await stage.start({ OR_BASE_URL: 'https://openrouter.invalid/api/v1', HTTPS_PROXY, OR_MAX_RETRIES: '2' });
  const answer = await stage.chat();
  const text = await answer.text();
  expect([answer.status, text]).toEqual([502, expect.stringContaining('407')]);
  expect(text).toContain('HTTPS_PROXY');
  expect(text).not.toContain('secret');
  expect(tunnels).toBe(1);
});

describe('how often', () => {
  const clock = createManualClock();
  const answered = (pending: Promise<Response>) => answeredBy(clock, pending);

  it('pitfall 18: a reset after the request was sent is asked again once, whatever is configured', async () => {
    stage.script = (response) => void response.destroy();
    await stage.start({ OR_MAX_RETRIES: '3' }, { clock });
    expect((await answered(stage.chat())).status).toBe(502);
    expect(stage.upstream).toHaveLength(2);
  });

  it('other failures between two resets change nothing of that', async () => {
    stage.script = (response) =>
      stage.upstream.length % 2 === 1
        ? void response.destroy()
        : void response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
    await stage.start({ OR_MAX_RETRIES: '5' }, { clock });
    expect((await answered(stage.chat())).status).toBe(502);
    expect(stage.upstream).toHaveLength(3);
  });

  it('a refused connection is tried as often as configured', async () => {
    await stage.start({ OR_BASE_URL: 'http://127.0.0.1:9/api/v1', OR_MAX_RETRIES: '3' }, { clock });
    await answered(stage.chat());
    const metrics = await (await fetch(`${stage.url}/metrics`)).text();
    expect(metrics).toContain('orcestator_worker_upstream_retries_total{kind="upstream_failed"} 3');
  });
});

describe('an error answer whose body does not come whole', () => {
  const begin = (response: ServerResponse, status: number): ServerResponse =>
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' });

  it.each([
    [429, 429],
    [503, 503],
    [402, 502],
  ])('is broken off: the status %s decides', async (status, expected) => {
    stage.script = (response) =>
      void begin(response, status).write('{"error":{"message":"half', () => response.destroy());
    await stage.start();
    const answer = await stage.chat();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([expected, '7']);
  });

  it('and is asked again where the status says so', async () => {
    stage.script = (response) =>
      stage.upstream.length === 1
        ? void begin(response, 503).write('{', () => response.destroy())
        : void eventStream(response).end(chunk({ content: 'Hi' }) + finish('stop') + DONE);
    const clock = createManualClock();
    await stage.start({ OR_MAX_RETRIES: '1' }, { clock });
    const answer = await answeredBy(clock, stage.chat());
    expect([answer.status, stage.upstream.length]).toEqual([200, 2]);
  });

  it('stalls: what has come is used after a few seconds, and the connection is closed', async () => {
    const clock = createManualClock();
    stage.script = (response) =>
      void begin(response, 429).write(JSON.stringify({ error: { code: 429, message: 'Slow down.' } }));
    await stage.start({}, { clock });
    const pending = stage.chat();
    await eventually(() => stage.upstream.length === 1);
    const answer = await answeredBy(clock, pending);
    expect([answer.status, await answer.text()]).toEqual([429, expect.stringContaining('Slow down.')]);
    expect(clock.monotonic()).toBeLessThan(10_000);
    await eventually(() => stage.upstream[0]?.isAborted === true);
  });

  it('pitfall 48: stalls, and the client leaves meanwhile: cancelled', async () => {
    stage.script = (response) => void begin(response, 503).write('{');
    await stage.start({ OR_MAX_RETRIES: '1' }, { clock: createManualClock() });
    const abort = new AbortController();
    const answer = stage.chat({}, { signal: abort.signal });
    await eventually(() => stage.upstream.length === 1);
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => stage.rows().length === 1);
    expect(stage.rows()[0]?.[2]).toBe('[cancelled]');
    expect(stage.upstream).toHaveLength(1);
  });
});
