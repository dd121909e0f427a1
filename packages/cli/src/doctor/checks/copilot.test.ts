import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumedModel, copilotSettings, modelGroup, toJson } from '../../copilot/language-models';
import { temporaryFolder } from '../../testing';
import { findingsOf } from '../testing';
import { copilotCheck } from './copilot';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const write = (name: string, value: unknown): void =>
  writeFileSync(join(folder.path, name), typeof value === 'string' ? value : toJson(value));

/** As the command writes it, with these fields of the model or the group changed. */
function configure(model: Record<string, unknown> = {}, group: Record<string, unknown> = {}): void {
  const good = modelGroup('http://localhost:8000', [assumedModel]);
  write('chatLanguageModels.json', [{ ...good, ...group, models: [{ ...good.models[0], ...model }] }]);
  write('settings.json', copilotSettings);
}

const of = async (clientKeys: string[] = []): Promise<string> => {
  const userFolders = [{ product: 'code', productName: 'VS Code', profile: 'default', path: folder.path }];
  return (await findingsOf(copilotCheck, { userFolders, config: { clientKeys } })).join('\n');
};

it('is content with what the command writes', async () => {
  configure();
  expect(await of()).toBe('ok: VS Code: Orcestator настроен');
});

it('offers the command where nothing is written yet, and has nothing to say without VS Code', async () => {
  expect(await of()).toMatch(/^warning: VS Code: Orcestator не настроен -> .*orcestator copilot --write/);
  expect(await findingsOf(copilotCheck)).toEqual(['ok: VS Code на этой машине не найден']);
});

it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
  ['a raw key', {}, { apiKey: 'sk-1' }, 'problem: VS Code: "apiKey" простым текстом'],
  ['another port', { url: 'http://localhost:9/v1/chat/completions' }, {}, 'warning: VS Code: "url" ведёт на'],
  ['half an address', { url: 'http://localhost:8000' }, {}, 'problem: VS Code: "url" неполный'],
  ['no tools', { toolCalling: false }, {}, 'warning: VS Code: toolCalling выключен'],
  ['no stream', { streaming: false }, {}, 'warning: VS Code: streaming выключен'],
  ['another id', { id: 'other' }, {}, 'problem: VS Code: в группе Orcestator нет модели orcestator'],
])('sees %s', async (_name, model, group, text) => {
  configure(model, group);
  expect(await of()).toContain(text);
});

it('takes 127.0.0.1 for localhost, and a key that VS Code keeps itself for a key', async () => {
  configure({ url: 'http://127.0.0.1:8000/v1/chat/completions' }, { apiKey: '${input:chat.lm.secret.1}' });
  expect(await of(['client-key'])).toContain('ok');
});

it('sees that the gateway wants a key and gets none, or another', async () => {
  configure();
  expect(await of(['client-key'])).toContain('problem: VS Code: шлюз ждёт ключ');
  configure({ requestHeaders: { authorization: 'Bearer old-key' } });
  const text = await of(['client-key']);
  expect(text).toContain('problem: VS Code: ключ в requestHeaders не из OR_CLIENT_KEYS');
  expect(text).not.toMatch(/client-key|old-key/);
  configure({ requestHeaders: { Authorization: 'Bearer client-key' } });
  expect(await of(['client-key'])).toContain('ok');
});

it('misses a setting, and points to the place where a file is broken', async () => {
  configure();
  write('settings.json', '{ // nothing\n}');
  expect(await of()).toContain(
    'warning: VS Code: в settings.json нет "chat.byokUtilityModelDefault": "mainAgent"',
  );
  write('settings.json', '{\n  "a" 1\n}');
  expect(await of()).toMatch(/problem: .*settings\.json:2:7: /);
});
