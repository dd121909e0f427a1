/** The worker over real HTTP: a scripted upstream on one side, a client on the other. */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';
import { chunk, COMMENT, DONE, finish, USAGE } from './upstream/test-streams';

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

describe('an answer', () => {
  beforeEach(async () => {
    stage.script = (response) => void eventStream(response).end(hello);
    await stage.start();
  });

  it('streams with usage in one last chunk when asked for', async () => {
    const answer = await stage.chat({ stream: true, stream_options: { include_usage: true } });
    const events = dataOf(await answer.text());
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o-mini');
    expect(answer.headers.get('x-generation-id')).toBe('gen-1');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(events.at(-1)).toBe('[DONE]');
    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ model: 'orcestator', choices: [], usage: USAGE });
    expect(events).toHaveLength(5);
  });

  it('streams without usage when not asked for', async () => {
    const text = await (await stage.chat({ stream: true })).text();
    expect(text).not.toContain('prompt_tokens');
    expect(text).not.toContain('OPENROUTER');
    expect(dataOf(text)).toHaveLength(4);
  });

  it('is one body for a client that wants no stream; the upstream is asked for a stream all the same', async () => {
    const answer = await stage.chat();
    expect(await answer.json()).toMatchObject({
      object: 'chat.completion',
      model: 'orcestator',
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: USAGE,
    });
    expect(stage.upstream[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('goes to the default model, and to any other as it was asked', async () => {
    for (const model of ['orcestator', '~a/b-latest', 'v/m:free', '@preset/x'])
      await (await stage.chat({ model })).text();
    expect(stage.upstream.map(({ body }) => body.model)).toEqual([
      'openai/gpt-4o',
      '~a/b-latest',
      'v/m:free',
      '@preset/x',
    ]);
  });

  it('pitfall 31: unknown fields of the request pass untouched', async () => {
    const fields = {
      provider: { order: ['x'] },
      prompt_cache_key: 'k',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
      ],
    };
    await (await stage.chat(fields)).text();
    expect(stage.upstream[0]?.body).toMatchObject(fields);
  });

  it("pitfalls 19 and 33: upstream gets our key, ASCII headers, no compression, nothing of the client's credentials", async () => {
    await (
      await stage.chat(
        {},
        { headers: { authorization: 'Bearer client', cookie: 'a=b', 'x-session-id': 's' } },
      )
    ).text();
    const headers = stage.upstream[0]?.headers ?? {};
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-or-v1-testkey',
      'accept-encoding': 'identity',
      'x-session-id': 's',
      'x-openrouter-title': 'Orcestator',
    });
    expect(headers).not.toHaveProperty('cookie');
    expect(stage.upstream[0]?.path).toBe('/api/v1/chat/completions');
  });

  it('is in the traffic log before the client sees its end', async () => {
    await (await stage.chat({ stream: true, messages: [{ role: 'user', content: 'a\tb' }] })).text();
    expect(stage.rows()).toEqual([
      [expect.stringMatching(/^\d{4}-.*Z$/), 'a\\tb', 'Hello', '9', '2', expect.stringMatching(/^\d+$/)],
    ]);
  });

  it('is counted: requests, tokens, cost, time to the first token', async () => {
    await (await stage.chat()).text();
    const page = await (await fetch(`${stage.url}/metrics`)).text();
    expect(page).toContain('orcestator_worker_requests_total{outcome="ok"} 1');
    expect(page).toContain('orcestator_worker_tokens_total{kind="prompt"} 9');
    expect(page).toContain('orcestator_worker_tokens_total{kind="completion"} 2');
    expect(page).toContain('orcestator_worker_cost_usd_total 0.00000255');
    expect(page).toContain('orcestator_worker_time_to_first_token_seconds_count{outcome="ok"} 1');
  });
});

describe('errors', () => {
  const failing = async (status: number, type: string, body: string, headers = {}) => {
    stage.script = (response) =>
      void response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    await stage.start();
    return stage.chat({ stream: true });
  };

  it('before the first byte are HTTP errors in both dialects, with the time to wait', async () => {
    const body = JSON.stringify({
      error: { code: 429, message: 'Rate limit exceeded: free-models-per-min.' },
    });
    const answer = await failing(429, 'application/json', body, { 'retry-after': '7' });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({
      code: 42901,
      object: 'error',
      error: { type: 'rate_limit_error', message: 'Rate limit exceeded: free-models-per-min.' },
    });
    expect(stage.rows()[0]?.[2]).toBe('[error: Rate limit exceeded: free-models-per-min.]');
  });

  it.each([
    ['a page with 502', 502, '<html>Bad gateway</html>'],
    ['a page with 200: a wrong base address', 200, '<!DOCTYPE html><html></html>'],
  ])('pitfall 14: %s becomes JSON', async (_name, status, page) => {
    const answer = await failing(status, 'text/html; charset=utf-8', page);
    expect(answer.status).toBe(502);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'upstream_error' } });
    expect(text).not.toContain('<html>');
  });

  it('pitfall 15: a 200 with an error inside is no success', async () => {
    const answer = await failing(
      200,
      'application/json',
      JSON.stringify({ error: { code: 402, message: 'Insufficient credits' } }),
    );
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('Insufficient credits');
  });

  it('the first event of the stream is still an HTTP error', async () => {
    const answer = await failing(
      200,
      'text/event-stream',
      `${COMMENT}data: ${JSON.stringify({ error: { code: 503, message: 'overloaded' }, choices: [] })}\n\n`,
    );
    expect(answer.status).toBe(503);
  });

  it('after content close the choice, tell the error, and end the stream', async () => {
    const answer = await failing(
      200,
      'text/event-stream',
      chunk({ content: 'Hel' }) + `data: ${JSON.stringify({ error: { code: 502, message: 'gone' } })}\n\n`,
    );
    const events = dataOf(await answer.text());
    expect(JSON.parse(events[1] ?? '')).toMatchObject({
      model: 'orcestator',
      choices: [{ delta: {}, finish_reason: 'error' }],
    });
    expect(JSON.parse(events[2] ?? '')).toEqual({
      error: { message: 'gone.', type: 'server_error', param: null, code: 'upstream_error' },
    });
    expect(events[3]).toBe('[DONE]');
    expect(stage.rows()[0]?.[2]).toBe('Hel\\n[error: gone.]');
  });

  it('an upstream that is not there', async () => {
    await stage.start({ OR_BASE_URL: 'http://127.0.0.1:9' });
    const answer = await stage.chat();
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('cannot be reached');
  });

  it.each([
    ['no messages', { messages: [] }, 'messages'],
    ['no model', { model: '' }, 'model'],
    ['stream is a text', { stream: 'False' }, 'stream'],
  ])('%s: 400 naming the parameter, and no upstream is asked', async (_name, fields, param) => {
    await stage.start();
    const answer = await stage.chat(fields);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param } });
    expect(stage.upstream).toEqual([]);
  });
});

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
    expect(stage.rows()[0]?.[2]).toBe('Hel');
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

it('tells its status and its models', async () => {
  await stage.start();
  const status = await (await fetch(`${stage.url}/worker_get_status`, { method: 'POST' })).json();
  expect(status).toEqual({
    model_names: ['orcestator'],
    speed: 1,
    queue_length: 0,
    protocols: ['openai'],
    model_patterns: ['*/*'],
  });
  expect(await (await fetch(`${stage.url}/v1/models`)).json()).toMatchObject({
    data: [{ id: 'orcestator' }],
  });
});

it('with a cluster secret nobody else may call it', async () => {
  await stage.start({ OR_CLUSTER_SECRET: 'our secret' });
  expect((await stage.chat()).status).toBe(403);
  expect((await fetch(`${stage.url}/health`)).status).toBe(200);
});
