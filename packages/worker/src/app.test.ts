/** The worker over real HTTP: a scripted upstream on one side, a client on the other. */
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
    expect(page).toContain('orcestator_worker_requests_total{outcome="ok",model="openai/gpt-4o-mini"} 1');
    expect(page).toContain('orcestator_worker_tokens_total{kind="prompt",model="openai/gpt-4o-mini"} 9');
    expect(page).toContain('orcestator_worker_tokens_total{kind="completion",model="openai/gpt-4o-mini"} 2');
    expect(page).toContain('orcestator_worker_cost_usd_total{model="openai/gpt-4o-mini"} 0.00000255');
    expect(page).toContain(
      'orcestator_worker_time_to_first_token_seconds_count{model="openai/gpt-4o-mini"} 1',
    );
  });
});

it('tells its status and its models', async () => {
  await stage.start();
  const status = await (await fetch(`${stage.url}/worker_get_status`, { method: 'POST' })).json();
  expect(status).toEqual({
    model_names: ['orcestator'],
    speed: 1,
    queue_length: 0,
    protocols: ['openai', 'fastchat'],
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
