/** Requests, answers and clients that would wear the worker out. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { chunk, DONE, finish } from '@orcestator/stream-normaliser/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const sent = (path: string, body: string): Promise<Response> =>
  fetch(stage.url + path, { method: 'POST', body });

describe('a request nested too deeply', () => {
  const chat = (content: string, rest = '') =>
    `{"model":"orcestator","messages":[{"role":"user","content":${content}}]${rest}}`;

  it.each([
    [
      'in a field that only the upstream knows',
      '/v1/chat/completions',
      chat('"hi"', `,"x":${nested(5_000)}`),
    ],
    ['in a message', '/v1/chat/completions', chat(nested(20_000))],
    ['in an embeddings input', '/v1/embeddings', `{"model":"a/b","input":[${nested(20_000)}]}`],
    ['in an older prompt', '/v1/completions', `{"model":"a/b","prompt":[${nested(20_000)}]}`],
  ])('%s: 400, one row, nothing is asked upstream', async (_where, path, body) => {
    await stage.start({ OR_MAX_RETRIES: '1' });
    const answer = await sent(path, body);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('nested too deeply')]);
    expect((await stage.recorded()).map((row) => row[2])).toEqual([
      expect.stringMatching(/^\[error: .*nested too deeply/),
    ]);
    expect(stage.upstream).toEqual([]);
  });

  it('FastChat’s callers get their error frame', async () => {
    await stage.start();
    const answer = await sent('/worker_generate_stream', `{"prompt":"hi","x":${nested(5_000)}}`);
    expect(await answer.text()).toContain('nested too deeply');
    expect(await stage.recorded()).toHaveLength(1);
  });

  it('as deep as schemas of tools are, and deeper, is no trouble', async () => {
    stage.script = (response) =>
      void eventStream(response).end(chunk({ content: 'Hi' }) + finish('stop') + DONE);
    await stage.start({ OR_DB_PATH: ':memory:' });
    const answer = await sent('/v1/chat/completions', chat(nested(150), `,"tools":${nested(190)}`));
    expect(answer.status).toBe(200);
    expect(await stage.recorded()).toHaveLength(1);
  });
});

it('an answer that cannot be written is recorded once, as what it is', async () => {
  const deep = chunk({ content: 'Hi' }).replace('"content"', `"annotations":${nested(20_000)},"content"`);
  stage.script = (response) => void eventStream(response).end(deep + finish('stop') + DONE);
  await stage.start();
  const answer = await stage.chat();
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect((await stage.recorded()).map((row) => row[2])).toEqual([expect.stringContaining('[error: ')]);
});

describe('a client that never reads', () => {
  const clock = createManualClock();
  const queueLength = async (): Promise<number> => {
    const answer = await fetch(`${stage.url}/worker_get_status`, { method: 'POST' });
    return ((await answer.json()) as { queue_length: number }).queue_length;
  };

  it('loses its slot and its connection after OR_TOTAL_TIMEOUT', async () => {
    let written = 0;
    stage.script = (response) => {
      eventStream(response);
      const more = (): void => {
        while (!response.destroyed) {
          written += 1;
          if (!response.write(chunk({ content: 'x'.repeat(64_000) })))
            return void response.once('drain', more);
        }
      };
      more();
    };
    await stage.start({ OR_TOTAL_TIMEOUT: '60' }, { clock });
    const client = connect(Number(new URL(stage.url).port), '127.0.0.1').on('error', () => undefined);
    client.pause();
    const body = JSON.stringify({
      model: 'orcestator',
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    });
    client.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    // The system's own buffers take some megabytes first.
    let last = 0;
    let still = 0;
    await eventually(() => {
      still = written > 0 && written === last ? still + 1 : 0;
      last = written;
      return still === 50;
    }, 20_000);
    expect(await queueLength()).toBe(1);
    await clock.advance(60_000);
    await eventually(async () => (await queueLength()) === 0);
    expect((await stage.recorded()).map((row) => row[2])).toEqual([
      expect.stringContaining('OR_TOTAL_TIMEOUT'),
    ]);
    await clock.advance(5_000);
    // What the system holds for it may still come, the end of the answer not.
    expect(await text(client.resume())).not.toContain('OR_TOTAL_TIMEOUT');
  });
});
