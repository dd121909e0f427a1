import { findingsOf } from '../testing';
import { envFileCheck } from './env-file';
import { settingsCheck } from './settings';

const of = async (text: string, env: Record<string, string> = {}): Promise<string> =>
  (await findingsOf(envFileCheck, { dotEnv: Buffer.from(text), env })).join('\n');

it('is content with an ordinary file', async () => {
  expect(await of('# comment\nOR_API_KEY=abc\nexport OR_PORT="9000"\n\nHTTPS_PROXY=\n')).toBe(
    'ok: .env: настроек 3',
  );
});

it('names the variable that was meant', async () => {
  expect(await of('OR_APIKEY=x')).toContain(
    'OR_APIKEY не читает ни один сервис -> возможно, имелось в виду OR_API_KEY',
  );
  expect(await of('OR_SOMETHING_ENTIRELY_OTHER=x')).toContain('docs/config.md');
  expect(await of('', { OR_DEFAULT_MODLE: 'x' })).toContain('переменная среды: OR_DEFAULT_MODLE');
});

it.each([
  ['set OR_PORT 1', 'problem: .env, строка 1: это не настройка'],
  ['$env:OR_PORT = "1"', 'problem: .env, строка 1: это не настройка'],
  ['OR_API_KEY="abc', 'problem: .env, строка 1 (OR_API_KEY): кавычка не закрыта'],
  ['OR_API_KEY=“abc”', 'problem: .env, строка 1 (OR_API_KEY): «умные» кавычки'],
  ['OR_PORT=1\nOR_PORT=2', 'warning: .env, строка 1 (OR_PORT): ниже есть ещё одна'],
])('%j', async (text, finding) => {
  expect(await of(text)).toContain(finding);
});

it('says when the environment is stronger', async () => {
  expect(await of('OR_PORT="9000"', { OR_PORT: '8000' })).toContain(
    'warning: OR_PORT: переменная среды сильнее',
  );
  expect(await of('OR_PORT="9000"', { OR_PORT: '9000' })).toContain('ok');
});

it.each([
  ['utf16le', 'warning: .env в UTF-16'],
  ['utf16be', 'problem: .env в UTF-16 BE'],
  ['cp1251', 'problem: .env не в UTF-8'],
  ['bom', 'ok: .env начинается с метки BOM'],
])('knows the encoding %s', async (encoding, finding) => {
  const little = Buffer.from('\uFEFFOR_PORT=1\r\n', 'utf16le');
  const files: Record<string, Buffer> = {
    utf16le: little,
    utf16be: Buffer.from(little).swap16(),
    cp1251: Buffer.from([0x23, 0xef, 0xf0, 0xe8, 0x0a]),
    bom: Buffer.from('\uFEFFOR_PORT=1\n'),
  };
  const text = (await findingsOf(envFileCheck, { dotEnv: files[encoding] })).join('\n');
  expect(text).toContain(finding);
  expect(text).not.toContain('это не настройка');
});

it('says what is there instead of the file', async () => {
  const files = (name: string | undefined) => ({
    exists: (path: string) => path === name,
    isFolder: () => false,
    isWritable: () => true,
    freeBytes: () => Promise.resolve(undefined),
  });
  const missing = { dotEnv: undefined, folder: '/project' };
  expect((await findingsOf(envFileCheck, { ...missing, files: files('/project/.env.txt') }))[0]).toContain(
    '.env.txt',
  );
  expect((await findingsOf(envFileCheck, { ...missing, files: files(undefined) }))[0]).toMatch(
    /^warning: \.env нет/,
  );
  expect(
    (await findingsOf(envFileCheck, { ...missing, files: files(undefined), env: { OR_API_KEY: 'x' } }))[0],
  ).toMatch(/^ok/);
});

it('never shows a value', async () => {
  expect(await of('OR_API_KEY="sk-or-secret\nOR_CLIENT_KEYS=«sk-or-secret»')).not.toContain('secret');
});

describe('the values of settings', () => {
  it('are judged as the services judge them', async () => {
    const [finding] = await findingsOf(settingsCheck, { env: { OR_PORT: '80o0' } });
    expect(finding).toMatch(/^problem: --port \/ OR_PORT: "80o0" is not a port/);
  });

  it('must not give two services one port', async () => {
    expect(await findingsOf(settingsCheck, { config: { workerPort: 8000 } })).toEqual([
      expect.stringMatching(/^problem: два сервиса на одном порту/),
    ]);
    expect(await findingsOf(settingsCheck)).toEqual(['ok: значения настроек годятся']);
  });
});
