/** The endpoints beside chat (openrouter.md §1). */
import { startSimulator } from '../start-simulator';
import { ask, chunksOf, eventsOf, immediately, useSimulator } from '../testing/client';

const stage = useSimulator();
const authorization = 'Bearer sk-test';
const get = async (path: string, headers: Record<string, string> = { authorization }) => {
  const answer = await fetch(`${stage.running.url}${path}`, { headers });
  return {
    status: answer.status,
    headers: answer.headers,
    json: (await answer.json()) as Record<string, unknown>,
  };
};

it('GET /models needs no key and is no OpenAI list (§1.2)', async () => {
  const { json, headers } = await get('/models', {});
  expect(Object.keys(json)).toEqual(['data', 'total_count', 'links']);
  const models = json.data as Record<string, unknown>[];
  expect(json.total_count).toBe(models.length);
  for (const model of models) {
    expect(Object.keys(model)).toEqual(
      expect.arrayContaining([
        ...[
          'id',
          'canonical_slug',
          'name',
          'created',
          'pricing',
          'context_length',
          'architecture',
          'top_provider',
        ],
        ...['per_request_limits', 'supported_parameters', 'default_parameters', 'supported_voices', 'links'],
      ]),
    );
    expect(model).not.toHaveProperty('object');
    expect((model.pricing as { prompt: string }).prompt).toMatch(/^\d(\.\d+)?$/);
  }
  expect(headers.get('cache-control')).toBe(
    'public, max-age=300, stale-while-revalidate=3600, stale-if-error=3600',
  );
});

it('GET /key has the fields of the sheet', async () => {
  expect((await get('/key')).json).toMatchObject({
    data: {
      limit_reset: 'monthly',
      is_free_tier: false,
      rate_limit: { requests: -1 },
      creator_user_id: 'user_SIM',
    },
  });
});

it('GET /credits wants a management key', async () => {
  expect(await get('/credits')).toMatchObject({ status: 403, json: { error: { code: 403 } } });
});

it('GET /providers', async () => {
  const { json } = await get('/providers', {});
  expect((json.data as object[])[0]).toMatchObject({
    name: 'OpenAI',
    slug: 'openai',
    privacy_policy_url: null,
  });
});

it.each(['/models/user', '/key', '/credits', '/generation?id=x'])('GET %s wants a key', async (path) => {
  expect((await get(path, {})).status).toBe(401);
});

it('anything else below /api/v1 is a JSON 404', async () => {
  expect(await get('/nothing')).toMatchObject({ status: 404, json: { error: { code: 404 } } });
});

it.each(['/', '/v1/chat/completions', '/api/chat', '/api/v10/models'])(
  '%s is the website, with 200 (pitfall 14)',
  async (path) => {
    const answer = await fetch(stage.running.origin + path, {
      method: path.includes('chat') ? 'POST' : 'GET',
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('<!DOCTYPE html>');
  },
);

describe('POST /completions', () => {
  const completion = (fields: object) =>
    ask(stage.running, 'openai/gpt-4o', {
      path: '/completions',
      fields: { prompt: 'Once upon a time', ...fields },
    });

  it('answers with text choices', async () => {
    expect(JSON.parse((await completion({ stream: false })).text)).toMatchObject({
      object: 'text_completion',
      model: 'openai/gpt-4o',
      choices: [{ text: expect.stringContaining('Once upon a time'), finish_reason: 'stop', logprobs: null }],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  it('streams', async () => {
    const seen = await completion({});
    const texts = chunksOf(seen).map(({ choices }) => (choices?.[0] as unknown as { text: string }).text);
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.join('')).toContain('Once upon a time');
    expect(eventsOf(seen).at(-1)).toBe('[DONE]');
  });
});

describe('POST /embeddings', () => {
  const embed = async (fields: object) =>
    JSON.parse((await ask(stage.running, 'openai/embed', { path: '/embeddings', fields })).text) as {
      data: { embedding: number[] | string; index: number }[];
    };

  it('gives a vector for each text, the same for the same', async () => {
    const { data } = await embed({ input: ['one', 'two', 'one'] });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(data[0]?.embedding).toEqual(data[2]?.embedding);
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
  });

  it('gives base64 to whoever asks for it, as the openai packages do', async () => {
    const [plain] = (await embed({ input: 'one' })).data;
    const [packed] = (await embed({ input: 'one', encoding_format: 'base64' })).data;
    const bytes = Buffer.from(packed?.embedding as string, 'base64');
    const floats = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
    floats.forEach((value, at) => expect(value).toBeCloseTo((plain?.embedding as number[])[at] ?? NaN, 5));
  });
});

it.each(['/completions', '/embeddings'])('POST %s knows the same models', async (path) => {
  expect((await ask(stage.running, 'acme/nope', { path, fields: { input: 'x', prompt: 'x' } })).status).toBe(
    400,
  );
});

describe('GET /generation', () => {
  it('is 404 a few times, then tells what the answer cost', async () => {
    const running = await startSimulator({ ...immediately, generationDelay: 2 });
    const { headers } = await ask(running, 'openai/gpt-4o');
    const look = async () => {
      const answer = await fetch(`${running.url}/generation?id=${String(headers['x-generation-id'])}`, {
        headers: { authorization },
      });
      return [answer.status, await answer.json()];
    };
    expect([(await look())[0], (await look())[0]]).toEqual([404, 404]);
    expect(await look()).toEqual([
      200,
      {
        data: expect.objectContaining({
          id: headers['x-generation-id'],
          model: 'openai/gpt-4o',
          provider_name: 'OpenAI',
          streamed: true,
          cancelled: false,
          finish_reason: 'stop',
          native_tokens_prompt: 3,
          total_cost: expect.any(Number),
          session_id: null,
        }),
      },
    ]);
    await running.close();
  });

  it('does not know what never was', async () => {
    expect((await get('/generation?id=gen-none')).status).toBe(404);
  });
});
