/** `/v1/completions` and `/v1/embeddings` of the worker over real HTTP: the same care as chat. */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { DONE, event, USAGE } from '@orcestator/stream-normaliser/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const base = {
  id: 'gen-1',
  object: 'text_completion.chunk',
  created: 5,
  model: 'openai/gpt-4o-mini',
  provider: 'P',
};
const piece = (text: string, finish: string | null = null, index = 0, top: object = {}): string =>
  event({
    ...base,
    choices: [{ index, text, finish_reason: finish, native_finish_reason: finish, logprobs: null }],
    ...top,
  });
const once =
  piece('Once ') +
  piece('upon') +
  piece('', 'stop', 0, { usage: USAGE }) +
  event({ ...base, choices: [] }) +
  DONE;
const complete = (fields: object = {}, init: RequestInit = {}): Promise<Response> =>
  stage.post('/v1/completions', { model: 'orcestator', prompt: 'Begin', ...fields }, init);
const eventsOf = (text: string): unknown[] =>
  text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as unknown);

describe('completions', () => {
  it('stream as text choices under our name, with usage only when asked for', async () => {
    stage.script = (response) => void eventStream(response).end(once);
    await stage.start();
    const answer = await complete({ stream: true, stream_options: { include_usage: true } });
    const text = await answer.text();
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o-mini');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const envelope = { id: 'gen-1', object: 'text_completion', created: 5, model: 'orcestator' };
    expect(eventsOf(text)).toMatchObject([
      { ...envelope, choices: [{ index: 0, text: 'Once ', logprobs: null, finish_reason: null }] },
      { ...envelope, choices: [{ index: 0, text: 'upon', finish_reason: null }] },
      { ...envelope, choices: [{ index: 0, text: '', finish_reason: 'stop' }] },
      { ...envelope, choices: [], usage: USAGE },
    ]);
    expect(text).not.toContain('delta');
    expect(await (await complete({ stream: true })).text()).not.toContain('prompt_tokens');
  });

  it('are one body for a client that wants no stream, unknown fields pass', async () => {
    stage.script = (response) => void eventStream(response).end(once);
    await stage.start();
    expect(await (await complete({ suffix: 'S', best_of: 2 })).json()).toMatchObject({
      object: 'text_completion',
      model: 'orcestator',
      choices: [{ index: 0, text: 'Once upon', logprobs: null, finish_reason: 'stop' }],
      usage: USAGE,
    });
    expect(stage.upstream[0]).toMatchObject({
      path: '/api/v1/completions',
      body: { model: 'openai/gpt-4o', prompt: 'Begin', suffix: 'S', best_of: 2, stream: true },
      headers: { authorization: 'Bearer sk-or-v1-testkey' },
    });
    expect((await stage.recorded())[0]?.slice(1, 5)).toEqual(['Begin', 'Once upon', '9', '2']);
  });

  it('of several prompts keep their places, and their logprobs', async () => {
    const logprobs = (token: string) => ({
      tokens: [token],
      token_logprobs: [-1],
      top_logprobs: null,
      text_offset: [0],
    });
    const choices = (index: number, text: string, finish: string | null) => [
      { index, text, finish_reason: finish, logprobs: logprobs(text) },
    ];
    stage.script = (response) =>
      void eventStream(response).end(
        event({ ...base, choices: choices(0, 'a', null) }) +
          event({ ...base, choices: choices(0, 'b', 'stop') }) +
          event({ ...base, choices: choices(1, 'c', 'length') }) +
          DONE,
      );
    await stage.start();
    const { choices: got } = (await (await complete({ prompt: ['A', 'B'], logprobs: 0 })).json()) as {
      choices: unknown;
    };
    expect(got).toMatchObject([
      {
        index: 0,
        text: 'ab',
        finish_reason: 'stop',
        logprobs: { tokens: ['a', 'b'], token_logprobs: [-1, -1] },
      },
      { index: 1, text: 'c', finish_reason: 'length', logprobs: { tokens: ['c'] } },
    ]);
    expect((await stage.recorded())[0]?.[1]).toBe('A\\nB');
  });

  it('of several prompts may begin long after one another', async () => {
    const clock = createManualClock();
    let say: (text: string) => void = () => undefined;
    stage.script = (response) => {
      eventStream(response).write(piece('a', 'stop'));
      say = (text) => void response.write(text);
    };
    await stage.start({}, { clock });
    const answer = await complete({ prompt: ['A', 'B'], stream: true });
    const reader = answer.body?.getReader();
    let seen = '';
    const readUntil = async (text: string): Promise<void> => {
      while (!seen.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`ended without ${text}: ${seen}`);
        seen += Buffer.from(value ?? []).toString();
      }
    };
    await readUntil('"text":"a"');
    await clock.advance(100_000);
    say(piece('b', null, 1));
    await readUntil('"text":"b"');
    await clock.advance(100_000);
    say(piece('c', 'stop', 1) + DONE);
    await readUntil('"text":"c"');
  });

  it('that break off end with the error and [DONE]', async () => {
    stage.script = (response) => void eventStream(response).end(piece('Once '));
    await stage.start();
    const text = await (await complete({ stream: true })).text();
    expect(eventsOf(text).at(-1)).toMatchObject({ error: { type: 'server_error', code: 'upstream_error' } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect((await stage.recorded())[0]?.[2]).toContain('[error:');
  });

  it('are asked for again where that costs nothing', async () => {
    stage.script = (response) => {
      if (stage.upstream.length > 1) return void eventStream(response).end(once);
      response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '0' });
      return void response.end(JSON.stringify({ error: { code: 503, message: 'busy' } }));
    };
    await stage.start({ OR_MAX_RETRIES: '1' });
    expect((await complete()).status).toBe(200);
    expect(stage.upstream).toHaveLength(2);
  });

  it('a client that leaves closes the upstream', async () => {
    stage.script = (response) => void eventStream(response).write(piece('Once '));
    await stage.start();
    const abort = new AbortController();
    const answer = await complete({ stream: true }, { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    await eventually(() => stage.upstream[0]?.isAborted === true);
  });
});

const vectors = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2, 0.3] }],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 4, total_tokens: 4, cost: 0.1 },
};
const embed = (fields: object = {}, init: RequestInit = {}): Promise<Response> =>
  stage.post('/v1/embeddings', { model: 'orcestator', input: 'hello', ...fields }, init);

describe('embeddings', () => {
  it('come from the embedding model, under our name', async () => {
    stage.script = (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(vectors));
    await stage.start({ OR_EMBEDDING_MODEL: 'acme/embed' });
    const answer = await embed({ dimensions: 3 });
    expect(await answer.json()).toEqual({ ...vectors, model: 'orcestator' });
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe('text-embedding-3-small');
    expect(stage.upstream[0]).toMatchObject({
      path: '/api/v1/embeddings',
      headers: { accept: 'application/json' },
      body: { model: 'acme/embed', input: 'hello', dimensions: 3 },
    });
    expect(stage.upstream[0]?.body).not.toHaveProperty('stream');
    await embed({ model: 'vendor/other' });
    expect(stage.upstream[1]?.body.model).toBe('vendor/other');
    expect((await stage.recorded())[0]?.slice(1, 5)).toEqual(['hello', '[embeddings 1×3]', '4', '0']);
  });

  it.each([
    ['an error status', 400, { error: { code: 400, message: 'Too long' } }, 400],
    ['an error with status 200', 200, { error: { code: 502, message: 'Too long' } }, 502],
    ['no vectors', 200, { data: 'Too long' }, 502],
  ])('%s is an error for the client', async (_name, status, body, expected) => {
    stage.script = (response) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    await stage.start();
    expect((await embed()).status).toBe(expected);
  });

  it('a client that leaves closes the upstream', async () => {
    stage.script = () => undefined;
    await stage.start();
    const abort = new AbortController();
    const answer = embed({}, { signal: abort.signal });
    await eventually(() => stage.upstream.length === 1);
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => stage.upstream[0]?.isAborted === true);
  });
});

it.each([
  ['/v1/completions', { model: 'orcestator' }, 'prompt'],
  ['/v1/completions', { model: 'orcestator', prompt: 5 }, 'prompt'],
  ['/v1/completions', { model: 'orcestator', prompt: 'x', stream: 'yes' }, 'stream'],
  ['/v1/completions', { prompt: 'x' }, 'model'],
  ['/v1/embeddings', { model: 'orcestator', input: [] }, 'input'],
])('%s with %j is refused by the name of the field', async (path, body, param) => {
  await stage.start();
  const answer = await stage.post(path, body);
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }]);
  expect(stage.upstream).toHaveLength(0);
});
