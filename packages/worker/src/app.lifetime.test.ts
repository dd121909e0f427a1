/** How long a request lives: cancellation, silence, slots. */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';
import { chunk, COMMENT, DONE, finish, USAGE } from '@orcestator/stream-normaliser/testing';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const hello =
  COMMENT +
  chunk({ content: 'Hel' }) +
  chunk({ content: 'lo' }) +
  finish('stop') +
  finish('stop', 'stop', { usage: USAGE }) +
  DONE;
const dataOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));

describe('cancellation (pitfall 25)', () => {
  it.each([true, false])(
    'closes the upstream connection after the first byte and is recorded, stream %s',
    async (stream) => {
      stage.script = (response) => void eventStream(response).write(COMMENT + chunk({ content: 'Hel' }));
      await stage.start();
      const abort = new AbortController();
      const answer = stage.chat({ stream }, { signal: abort.signal });
      if (stream) await (await answer).body?.getReader().read();
      else await eventually(() => stage.upstream.length === 1);
      abort.abort();
      await answer.catch(() => undefined);
      await eventually(() => stage.upstream[0]?.isAborted === true);
      await eventually(() => stage.rows().length === 1);
      expect(stage.rows()[0]?.[2]).toContain('[cancelled]');
    },
  );

  it('closes it before the first byte too', async () => {
    stage.script = () => undefined;
    await stage.start();
    const abort = new AbortController();
    const answer = stage.chat({}, { signal: abort.signal });
    await eventually(() => stage.upstream.length === 1);
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => stage.upstream[0]?.isAborted === true);
  });
});

/** Sends a request that has to be unpacked, and leaves when all of it is sent. */
async function sendPackedAndLeave(url: string, body: object): Promise<void> {
  const packed = gzipSync(JSON.stringify(body));
  const { port, pathname } = new URL(url);
  const head = [`POST ${pathname} HTTP/1.1`, 'host: x', 'content-encoding: gzip'];
  const socket = connect(Number(port), '127.0.0.1').resume();
  socket.write(`${head.join('\r\n')}\r\ncontent-length: ${packed.length}\r\n\r\n`);
  socket.end(packed, () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
}

describe('a client that has left while its request was unpacked', () => {
  it.each(['/v1/chat/completions', '/worker_generate_stream'])(
    'pitfall 25: nothing is asked upstream, and the request is recorded as cancelled: %s',
    async (path) => {
      await stage.start();
      const text = 'x'.repeat(4_000_000);
      const messages = [{ role: 'user', content: text }];
      await sendPackedAndLeave(stage.url + path, { model: 'orcestator', messages, prompt: text });
      await eventually(() => stage.rows().length === 1);
      expect(stage.rows()[0]?.[2]).toBe('[cancelled]');
      expect(stage.upstream).toEqual([]);
    },
  );
});

describe('silence', () => {
  it('pitfall 29: after 10 s the head and a comment go out, and an error afterwards is told inside the stream', async () => {
    const clock = createManualClock();
    let fail: () => void = () => undefined;
    stage.script = (response) => {
      eventStream(response).write(COMMENT);
      fail = () =>
        void response.end(`data: ${JSON.stringify({ error: { code: 502, message: 'gone' } })}\n\n`);
    };
    await stage.start({}, { clock });
    const pending = stage.chat({ stream: true });
    await eventually(() => stage.upstream.length === 1);
    await clock.advance(10_000);
    const answer = await pending;
    expect(answer.status).toBe(200);
    fail();
    const text = await answer.text();
    expect(text.startsWith(': ping\n')).toBe(true);
    expect(dataOf(text.slice(7))).toEqual([expect.stringContaining('"message":"gone."'), '[DONE]']);
  });

  it('pitfall 4: comments do not keep a dead model alive; the error names the setting', async () => {
    const clock = createManualClock();
    stage.script = (response) => void eventStream(response).write(chunk({ content: 'Hel' }));
    await stage.start({ OR_CONTENT_IDLE_TIMEOUT: '30', OR_BYTE_IDLE_TIMEOUT: '1000' }, { clock });
    const answer = await stage.chat({ stream: true });
    const text = answer.text();
    await clock.advance(31_000);
    expect(await text).toContain('OR_CONTENT_IDLE_TIMEOUT');
    await eventually(() => stage.upstream[0]?.isAborted === true);
  });

  it('pitfall 26: a finished answer does not wait for a [DONE] that never comes', async () => {
    const clock = createManualClock();
    stage.script = (response) => void eventStream(response).write(chunk({ content: 'Hel' }) + finish('stop'));
    await stage.start({}, { clock });
    const text = (await stage.chat({ stream: true })).text();
    await clock.advance(5_001);
    expect(dataOf(await text).at(-1)).toBe('[DONE]');
    expect((await stage.recorded())[0]?.[2]).toBe('Hel');
  });
});

describe('slots', () => {
  it('one slot: the second request waits for the first; a full queue is a 503 with retry-after', async () => {
    const ends: (() => void)[] = [];
    stage.script = (response) => void ends.push(() => eventStream(response).end(hello));
    await stage.start({ OR_LIMIT_WORKER_CONCURRENCY: '1', OR_LIMIT_WORKER_QUEUE: '1' });
    const status = async () =>
      (await (await fetch(`${stage.url}/worker_get_status`, { method: 'POST' })).json()) as {
        queue_length: number;
      };
    const first = stage.chat();
    await eventually(() => ends.length === 1);
    const second = stage.chat();
    await eventually(async () => (await status()).queue_length === 2);
    const third = await stage.chat();
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '2']);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await (await first).text();
    await eventually(() => ends.length === 2);
    ends[1]?.();
    await (await second).text();
    expect((await status()).queue_length).toBe(0);
  });
});
