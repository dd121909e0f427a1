import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { startApp } from '@orcestator/service-kit/testing';
import { CopilotBench } from '../copilot/testing';
import { temporaryFolder } from '../testing';

const bench = new CopilotBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());
beforeEach(() => bench.prepare());
afterEach(() => bench.cleanUp());

describe('--write', () => {
  it('makes both files where there are none', async () => {
    const { exitCode, stdout } = await bench.run(['--write']);
    expect(exitCode).toBe(0);
    expect(bench.group()).toMatchObject({
      name: 'Orcestator',
      vendor: 'customendpoint',
      models: [{ id: 'orcestator', maxInputTokens: 95_232, thinking: true }],
    });
    expect(bench.read(bench.settings)).toEqual({
      'chat.byokUtilityModelDefault': 'mainAgent',
      'chat.agentHost.byokModels.enabled': true,
    });
    expect(stdout).toContain('Developer: Reload Window');
    expect(readdirSync(bench.user).sort()).toEqual(['chatLanguageModels.json', 'settings.json']);
  });

  it('keeps what else is in them, leaves a backup, shows the change', async () => {
    const own = '{\r\n\t// size\r\n\t"editor.fontSize": 14, // big\r\n}\r\n';
    const others =
      '[\n  // mine\n  { "vendor": "ollama", "name": "Ollama", "url": "http://localhost:11434" },\n]\n';
    writeFileSync(bench.settings, own);
    writeFileSync(bench.models, others);
    const { stdout } = await bench.run(['--write']);
    expect(readFileSync(bench.settings, 'utf8')).toBe(
      own.replace(
        '// big\r\n',
        '// big\r\n\t"chat.byokUtilityModelDefault": "mainAgent",\r\n\t"chat.agentHost.byokModels.enabled": true,\r\n',
      ),
    );
    expect(readFileSync(bench.models, 'utf8').startsWith(others.slice(0, -2))).toBe(true);
    expect(readFileSync(`${bench.settings}.bak-20261126T102030Z`, 'utf8')).toBe(own);
    expect(stdout).toContain('+4 \t"chat.byokUtilityModelDefault": "mainAgent"');
  });

  it('changes nothing the second time', async () => {
    await bench.run(['--write']);
    const before = readFileSync(bench.models, 'utf8');
    const { stdout } = await bench.run(['--write']);
    expect(stdout).toContain('уже так, не изменён');
    expect(readFileSync(bench.models, 'utf8')).toBe(before);
    expect(readdirSync(bench.user)).toHaveLength(2);
  });

  it('brings our entry up to date and leaves the fields that the user has added', async () => {
    writeFileSync(
      bench.models,
      JSON.stringify([
        {
          name: 'My gateway',
          vendor: 'customendpoint',
          apiKey: '${input:chat.lm.secret.1}',
          models: [
            { id: 'mine', url: 'http://elsewhere/v1/chat/completions' },
            {
              id: 'orcestator',
              name: 'Best',
              url: 'http://old',
              editTools: ['apply-patch'],
              supportsReasoningEffort: ['low'],
              requestHeaders: { 'x-team': 'a' },
            },
          ],
        },
      ]),
    );
    await bench.run(['--write', '--with-key', '--port', '9001'], { OR_CLIENT_KEYS: 'client-key' });
    const { apiKey, models: list } = bench.group();
    expect(apiKey).toBe('${input:chat.lm.secret.1}');
    expect(list).toHaveLength(2);
    expect(list[1]).toMatchObject({
      name: 'Best',
      url: 'http://localhost:9001/v1/chat/completions',
      editTools: ['apply-patch'],
      requestHeaders: { 'x-team': 'a', Authorization: 'Bearer client-key' },
    });
    expect(list[1]).not.toHaveProperty('supportsReasoningEffort');
  });

  it('keeps the limits it has learnt when the upstream does not answer, and follows the address', async () => {
    await bench.run(['--write']);
    await bench.run(['--write', '--port', '9001'], { OR_BASE_URL: 'http://127.0.0.1:9/api/v1' });
    expect(bench.group().models).toEqual([
      expect.objectContaining({
        maxInputTokens: 95_232,
        thinking: true,
        url: 'http://localhost:9001/v1/chat/completions',
      }),
    ]);
  });

  it('does not show the key in the diff', async () => {
    const { stdout } = await bench.run(['--write', '--with-key'], { OR_CLIENT_KEYS: 'client-key' });
    expect(stdout).not.toContain('client-key');
    expect(readFileSync(bench.models, 'utf8')).toContain('client-key');
  });

  it('touches neither file when one is broken, and says where', async () => {
    writeFileSync(bench.settings, '{\n  "a": 1\n  "b": 2\n}\n');
    const { exitCode, stderr } = await bench.run(['--write']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${bench.settings}:3:3:`);
    expect(readdirSync(bench.user)).toEqual(['settings.json']);
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le')],
    ['cp1251', Buffer.concat([Buffer.from('{ "a": "'), Buffer.from([0xef, 0xf0]), Buffer.from('" }')])],
  ])('refuses a file in %s', async (_name, bytes) => {
    writeFileSync(bench.settings, bytes);
    expect((await bench.run(['--write'])).stderr).toContain('UTF-8');
  });

  it('explains what the file system refuses', async () => {
    mkdirSync(bench.settings);
    const { exitCode, stderr } = await bench.run(['--write']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('EISDIR') as string,
    });
  });

  it('writes through a link and keeps it', async () => {
    const real = join(bench.home, 'dotfiles-settings.json');
    writeFileSync(real, '{}\n');
    symlinkSync(real, bench.settings);
    await bench.run(['--write']);
    expect(lstatSync(bench.settings).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('mainAgent');
  });

  it('adds the models that the user names, and those that the gateway serves', async () => {
    const gateway = await startApp((request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer client-key' ? 200 : 401;
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'orcestator' }, { id: 'llama3' }] }));
    });
    const argv = ['--write', '--all-models', '--url', gateway.url, '--models', 'google/gemini-3-pro'];
    const { exitCode } = await bench.run(argv, { OR_CLIENT_KEYS: 'client-key' });
    await gateway.close();
    expect(exitCode).toBe(0);
    expect(bench.group().models.map(({ id, name }) => [id, name])).toEqual([
      ['orcestator', 'Orcestator'],
      ['google/gemini-3-pro', 'Google: Gemini 3 Pro'],
      ['llama3', 'llama3'],
    ]);
  });

  it('says what to do when --all-models finds no gateway', async () => {
    const { exitCode, stderr } = await bench.run(['--write', '--all-models', '--url', 'http://127.0.0.1:9']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('pnpm@12 start') as string,
    });
  });

  it('lists several folders and takes the one that is named', async () => {
    const insiders = join(bench.home, '.config', 'Code - Insiders', 'User');
    mkdirSync(insiders, { recursive: true });
    const { exitCode, stderr } = await bench.run(['--write']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--product insiders --profile "default"');
    expect((await bench.run(['--write', '--product', 'insiders'])).exitCode).toBe(0);
    expect([readdirSync(insiders).length, readdirSync(bench.user).length]).toEqual([2, 0]);
  });

  it('says when there is no VS Code, or not where the user says', async () => {
    expect((await bench.run(['--write', '--user-dir', join(bench.home, 'nowhere')])).stderr).toContain(
      'папки',
    );
    const empty = temporaryFolder();
    const { exitCode, stderr } = await bench.run(['--write'], {}, empty.path);
    empty.remove();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('не найдена') as string,
    });
  });

  it('leaves a script for Copilot CLI, and says how to call it', async () => {
    const { stdout } = await bench.run(['--target', 'cli', '--write']);
    const script = join(bench.home, '.orcestator', 'copilot-cli.sh');
    expect(readFileSync(script, 'utf8')).toContain("export COPILOT_PROVIDER_MAX_PROMPT_TOKENS='95232'\n");
    expect(stdout).toContain(`. "${script}"`);
    await bench.run(['--target', 'cli', '--remove']);
    expect(existsSync(script)).toBe(false);
  });

  it('puts the older setting into settings.json only', async () => {
    await bench.run(['--target', 'legacy', '--write']);
    expect(bench.read(bench.settings)).toHaveProperty(
      ['github.copilot.chat.customOAIModels', 'orcestator', 'toolCalling'],
      true,
    );
    expect(readdirSync(bench.user)).toEqual(['settings.json']);
  });
});

describe('--remove', () => {
  it('takes away what was written and leaves the rest as it was', async () => {
    const own = '{\n    "editor.fontSize": 14 // big\n}\n';
    writeFileSync(bench.settings, own);
    writeFileSync(bench.models, '[\n  // mine\n]\n');
    await bench.run(['--write', '--models', 'openai/gpt-4o']);
    const { exitCode } = await bench.run(['--remove'], { OR_BASE_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(0);
    expect(readFileSync(bench.settings, 'utf8')).toBe(own);
    expect(readFileSync(bench.models, 'utf8')).toBe('[\n  // mine\n]\n');
  });

  it('keeps the models of others in the group, and the settings that they live on', async () => {
    const other = { id: 'mine', name: 'Mine', url: 'http://elsewhere/v1/chat/completions' };
    writeFileSync(
      bench.models,
      JSON.stringify([{ name: 'Orcestator', vendor: 'customendpoint', models: [other] }]),
    );
    await bench.run(['--write']);
    await bench.run(['--remove']);
    expect(bench.group().models).toEqual([other]);
    expect(bench.read(bench.settings)).toHaveProperty(['chat.byokUtilityModelDefault'], 'mainAgent');
  });

  it('does nothing where nothing was written', async () => {
    expect((await bench.run(['--remove'])).exitCode).toBe(0);
    expect(readdirSync(bench.user)).toEqual([]);
  });
});
