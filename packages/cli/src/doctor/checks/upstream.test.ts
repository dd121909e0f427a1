import { answer, failing, findingsOf, KEY, model, NOW, type WorldChanges } from '../testing';
import { keyCheck } from './key';
import { modelCheck } from './model';
import { upstreamCheck } from './upstream';

const says = (body: unknown, status = 200): WorldChanges => ({
  askUpstream: () => Promise.resolve(answer(body, { status })),
});

describe('the way to the upstream', () => {
  it.each([
    ['ENOTFOUND', 'DNS'],
    ['ETIMEDOUT', 'HTTPS_PROXY'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'часы'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('%s is a problem with a remedy that names %s', async (code, word) => {
    const [finding] = await findingsOf(upstreamCheck, { askUpstream: failing(code) });
    expect(finding).toMatch(new RegExp(`^problem: https://openrouter.ai/api/v1: .*${word}`));
  });

  it('tells a website and a login page from an API', async () => {
    const site = await findingsOf(upstreamCheck, {
      ...says(undefined),
      config: { baseUrl: 'https://openrouter.ai/v1' },
    });
    expect(site[0]).toContain('OR_BASE_URL=https://openrouter.ai/api/v1');
    expect((await findingsOf(upstreamCheck, says(undefined)))[0]).toContain('отвечает страница');
    expect((await findingsOf(upstreamCheck, says({ error: {} }, 404)))[0]).toMatch(/^warning/);
  });

  it('shows the proxy without the password in it', async () => {
    const [finding] = await findingsOf(upstreamCheck, {
      config: { httpsProxy: 'http://ann:secret@proxy:3128' },
    });
    expect(finding).toBe('ok: HTTPS_PROXY: через proxy:3128');
    expect((await findingsOf(upstreamCheck, { config: { httpsProxy: 'proxy:3128' } }))[0]).toMatch(
      /^problem/,
    );
  });
});

describe('the key', () => {
  const account = (data: Record<string, unknown>): WorldChanges => says({ data });
  it.each<[string, WorldChanges, RegExp]>([
    [
      'is accepted',
      account({ usage: 2, limit: 10, limit_remaining: 8 }),
      /^ok: ключ принят; истрачено \$2.00, осталось \$8.00 из \$10.00$/,
    ],
    ['is refused', says({ error: {} }, 401), /^problem: сервер не принял ключ/],
    ['has no money left', account({ limit: 10, limit_remaining: 0 }), /^problem: предел ключа исчерпан/],
    ['belongs to an account without money', account({ is_free_tier: true }), /^problem: счёт не пополнялся/],
    ['is for management', account({ is_management_key: true }), /^problem: это ключ управления/],
    ['has expired', account({ expires_at: '2026-11-01T00:00:00Z' }), /^problem: ключ истёк/],
    ['cannot be looked up', says({}, 404), /^ok: ключ задан/],
    ['cannot be looked up now', { askUpstream: failing('ENOTFOUND') }, /^warning: ключ не проверен/],
  ])('%s', async (_name, changes, expected) => {
    expect((await findingsOf(keyCheck, changes))[0]).toMatch(expected);
  });

  it('adds what will be a problem soon', async () => {
    const soon = new Date(NOW.getTime() + 86_400_000).toISOString();
    const text = (await findingsOf(keyCheck, account({ limit_remaining: 0.5, expires_at: soon }))).join('\n');
    expect(text).toContain('warning: по ключу осталось $0.50');
    expect(text).toContain('warning: ключ истекает');
  });

  it.each([
    ['', 'ключа нет'],
    ['"sk-or-v1-1"', 'лишние знаки'],
    ['sk-or-v1-...', 'образец'],
    ['sk-proj-123', 'не ключ OpenRouter'],
    ['sk-or-v1-ключ', 'не латинские'],
  ])('%j is told from its form, without a question to the server', async (apiKey, text) => {
    const askUpstream = jest.fn(failing('X'));
    expect((await findingsOf(keyCheck, { config: { apiKey }, askUpstream }))[0]).toContain(`problem: `);
    expect((await findingsOf(keyCheck, { config: { apiKey }, askUpstream }))[0]).toContain(text);
    expect(askUpstream).not.toHaveBeenCalled();
  });

  it('is not sent to a foreign server, nor asked for there', async () => {
    const askUpstream = jest.fn(failing('X'));
    const of = (apiKey: string) =>
      findingsOf(keyCheck, { config: { apiKey, baseUrl: 'http://ollama.lan:11434/v1' }, askUpstream });
    expect((await of(KEY))[0]).toMatch(/^warning: ключ OpenRouter, а OR_BASE_URL — другой сервер/);
    expect((await of(''))[0]).toMatch(/^ok/);
    expect(askUpstream).not.toHaveBeenCalled();
  });

  it('is never shown', async () => {
    const all = await Promise.all(
      [account({ label: KEY, usage: 1 }), says({}, 401)].map((world) => findingsOf(keyCheck, world)),
    );
    expect(all.flat().join('\n')).not.toContain(KEY.slice(0, 12));
  });
});

describe('the model', () => {
  it.each([
    [{}, /^ok: OR_DEFAULT_MODEL: openai\/gpt-4o, контекст 128000/],
    [{ defaultModel: 'openai/gpt4o' }, /^warning: .*возможно, имелось в виду openai\/gpt-4o/],
    [{ defaultModel: 'gpt-4o' }, /^warning: .*openai\/gpt-4o/],
    [{ defaultModel: 'openrouter/auto' }, /^ok: .*выбирает OpenRouter/],
    [{ defaultModel: 'openai/gpt-4o:nitro' }, /^ok/],
  ])('%j', async (config, expected) => {
    expect((await findingsOf(modelCheck, { config }))[0]).toMatch(expected);
  });

  it('must be able to call tools', async () => {
    const [finding] = await findingsOf(modelCheck, says({ data: [{ ...model, supported_parameters: [] }] }));
    expect(finding).toMatch(/^problem: .*не умеет вызывать инструменты/);
  });

  it('is said to go away when it does, and the others are looked up too', async () => {
    const world = {
      ...says({ data: [{ ...model, expiration_date: '2026-12-31' }] }),
      config: { utilityModel: 'a/b' },
    };
    const text = (await findingsOf(modelCheck, world)).join('\n');
    expect(text).toContain('будет отключена 2026-12-31');
    expect(text).toContain('OR_UTILITY_MODEL, OR_FALLBACK_MODELS: модели a/b нет');
  });
});
