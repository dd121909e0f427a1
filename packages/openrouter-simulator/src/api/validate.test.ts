/** What is refused before any model is asked (openrouter.md §3.2, §6.2–§6.4, §8, §12). */
import { createManualClock } from '@orcestator/service-kit/testing';
import { startSimulator } from '../start-simulator';
import { ask, immediately, useSimulator, type Asked } from '../testing/client';

const stage = useSimulator();
const asked = async (model: string, options: Asked = {}, running = stage.running) => {
  const { status, headers, text } = await ask(running, model, options);
  const body = (status === 200 ? {} : JSON.parse(text)) as { error?: { message: string; code: number } };
  return { status, headers, text, error: body.error };
};

describe('401', () => {
  it.each([
    ['an empty header', ''],
    ['no bearer', 'Basic abc'],
    ['an empty bearer', 'Bearer '],
  ])('%s', async (_name, authorization) => {
    const { status, text } = await asked('sim/ok', { headers: { authorization } });
    expect([status, text]).toEqual([
      401,
      '{"error":{"message":"No cookie auth credentials found","code":401}}',
    ]);
  });

  it('an unknown key, when the good ones are given', async () => {
    const running = await startSimulator({ ...immediately, apiKeys: ['sk-good'] });
    const good = await asked('sim/ok', { headers: { authorization: 'Bearer sk-good' } }, running);
    const bad = await asked('sim/ok', {}, running);
    expect([good.status, bad.status, bad.error?.message]).toEqual([200, 401, 'User not found.']);
    await running.close();
  });
});

describe('400 for unknown models (pitfall 45)', () => {
  it('is the sample of the sheet, byte for byte', async () => {
    const { status, text } = await asked('acme/nope');
    expect(status).toBe(400);
    expect(text).toBe(
      '{"error":{"message":"acme/nope is not a valid model ID","error_type":"invalid_request","http_status":400,"availability":{"code":"model_not_found","retryable":false,"requested_models":["acme/nope"],"docs_url":"https://openrouter.ai/docs/errors#model_not_found"}}}',
    );
  });

  it.each(['gpt-4o', 'auto', '/x', 'x/', 'sim/unheard-of', 'acme/nope:free'])('%s', async (model) => {
    expect(await asked(model)).toMatchObject({
      status: 400,
      error: { message: `${model} is not a valid model ID` },
    });
  });

  it.each([
    ...['openai/gpt-4o', 'openrouter/auto', '~author/family-latest', 'vendor/model:free', '@preset/x'],
    ...['author/model@preset/slug', 'acme/orca-1', 'sim/stall-after:0+chop:1'],
  ])('%s is fine', async (model) => {
    expect((await asked(model, { leaveWhen: () => true })).status).toBe(200);
  });
});

describe('400 for wrong types', () => {
  it.each([
    ['messages', 'hello'],
    ['messages', []],
    ['messages', ['hello']],
    ['temperature', 'hot'],
    ['max_tokens', 1.5],
    ['stream', 'yes'],
    ['models', 'a/b'],
    ['tools', {}],
    ['tool_choice', 7],
    ['response_format', 'json'],
    ['provider', 'openai'],
    ['seed', '1'],
    ['stop', undefined],
  ])('%s: %j', async (field, value) => {
    const { status, error } = await asked('sim/ok', { fields: { [field]: value } });
    expect([status, error?.code]).toEqual(value === undefined ? [200, undefined] : [400, 400]);
  });

  it('unknown keys are ignored at the top and refused in provider (pitfall 31)', async () => {
    const fields = {
      surprise: 1,
      temperature: null,
      provider: { order: ['openai'], allow_fallbacks: false },
    };
    expect((await asked('sim/ok', { fields })).status).toBe(200);
    const refused = await asked('sim/ok', { fields: { provider: { orders: ['openai'] } } });
    expect([refused.status, refused.error?.message]).toEqual([400, expect.stringContaining("'orders'")]);
  });
});

describe('402', () => {
  const poor = async (balance: number, fields: object, model = 'acme/orca-1') => {
    const running = await startSimulator({ ...immediately, balance });
    const answer = await asked(model, { fields }, running);
    await running.close();
    return [answer.status, answer.error?.message];
  };

  it('when max_tokens costs more than is left', async () => {
    const tooMuch =
      'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 14114.';
    expect(await poor(0.021172, { max_tokens: 65_536 })).toEqual([402, expect.stringContaining(tooMuch)]);
    expect(await poor(0.021172, { max_tokens: 14_114 })).toEqual([200, undefined]);
  });

  it('without max_tokens the longest answer counts (pitfall 40)', async () => {
    expect((await poor(0.01, {}))[0]).toBe(402);
    expect((await poor(0.05, {}))[0]).toBe(200);
  });

  it('with a negative balance even for free models', async () => {
    expect(await poor(-1, {}, 'vendor/model:free')).toEqual([
      402,
      expect.stringMatching(/^Insufficient credits\. Add more using/),
    ]);
  });
});

describe('free models', () => {
  it('20 a minute, counted for the account, not for the key', async () => {
    const clock = createManualClock();
    const running = await startSimulator({ ...immediately, clock });
    const free = (key: number) =>
      asked('vendor/model:free', { headers: { authorization: `Bearer key-${key}` } }, running);
    for (let at = 0; at < 20; at += 1) expect((await free(at)).status).toBe(200);
    const refused = await free(21);
    expect([refused.status, refused.error?.message]).toEqual([
      429,
      'Rate limit exceeded: free-models-per-min. ',
    ]);
    expect(refused.headers).toMatchObject({ 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0' });
    expect(Number(refused.headers['x-ratelimit-reset'])).toBe(clock.now().getTime() + 60_000);
    expect((await asked('vendor/model', {}, running)).status).toBe(200);
    await clock.advance(60_000);
    expect((await free(1)).status).toBe(200);
    await running.close();
  });

  it('50 a day, until /sim/reset', async () => {
    const running = await startSimulator({ ...immediately, freePerMinute: Infinity });
    for (let at = 0; at < 50; at += 1) await asked('vendor/model:free', {}, running);
    const refused = await asked('vendor/model:free', {}, running);
    expect([refused.status, refused.error?.message]).toEqual([
      429,
      'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
    ]);
    await fetch(`${running.origin}/sim/reset`, { method: 'POST' });
    expect((await asked('vendor/model:free', {}, running)).status).toBe(200);
    await running.close();
  });
});
