import { readdirSync } from 'node:fs';
import { startApp } from '@orcestator/service-kit/testing';
import { CopilotBench } from '../copilot/testing';

const bench = new CopilotBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());
beforeEach(() => bench.prepare());
afterEach(() => bench.cleanUp());

describe('what is printed', () => {
  it('names the real limits and abilities of the model, and writes nothing', async () => {
    const { exitCode, stdout, stderr } = await bench.run([], {
      OR_DEFAULT_MODEL: 'anthropic/claude-sonnet-4.5',
      OR_PORT: '9000',
    });
    expect(stdout).toContain('"url": "http://localhost:9000/v1/chat/completions"');
    expect(stdout).toContain('"maxInputTokens": 967232');
    expect(stdout).toContain('"maxOutputTokens": 32768');
    expect(stdout).toContain('"chat.byokUtilityModelDefault": "mainAgent"');
    expect(stdout).toContain('контекст 1 000 000');
    expect({ exitCode, stderr, files: readdirSync(bench.user) }).toEqual({
      exitCode: 0,
      stderr: '',
      files: [],
    });
  });

  it('says so when the limits are only assumed', async () => {
    const { stdout, stderr } = await bench.run([], { OR_BASE_URL: 'http://127.0.0.1:9/api/v1' });
    expect(stderr).toContain('http://127.0.0.1:9/api/v1/models не отвечает (ECONNREFUSED)');
    expect(stdout).toContain('"maxInputTokens": 112000');
    expect(stdout).toContain('предположение');
  });

  it('warns of a model that cannot call tools', async () => {
    const data = [
      {
        id: 'a/b',
        context_length: 8_000,
        supported_parameters: ['temperature'],
        architecture: { input_modalities: ['text'] },
      },
    ];
    const upstream = await startApp((_request, response) => response.end(JSON.stringify({ data })));
    const { stdout, stderr } = await bench.run([], { OR_BASE_URL: upstream.url, OR_DEFAULT_MODEL: 'a/b' });
    await upstream.close();
    expect(stderr).toContain('Модель a/b не умеет вызывать инструменты');
    expect(stdout).toMatch(/"toolCalling": false,\s+"vision": false,\s+"thinking": false/);
  });

  it('has the variables of Copilot CLI for each shell', async () => {
    const { stdout } = await bench.run([
      '--target',
      'cli',
      '--shell',
      'powershell',
      '--url',
      'https://gateway.example/v1',
    ]);
    expect(stdout).toContain("$env:COPILOT_PROVIDER_BASE_URL = 'https://gateway.example/v1'");
    expect(stdout).toContain("$env:COPILOT_MODEL = 'orcestator'");
    expect((await bench.run(['--target', 'cli', '--shell', 'bash'])).stdout).toContain(
      "export COPILOT_OFFLINE='true'",
    );
  });

  it('has the older settings with the versions that read them', async () => {
    const { stdout } = await bench.run(['--target', 'legacy']);
    expect(stdout).toContain('"github.copilot.chat.customOAIModels"');
    expect(stdout).toContain('github.copilot.advanced');
  });

  it('shows a key only when asked, with a warning', async () => {
    const env = { OR_CLIENT_KEYS: 'first-key,second-key' };
    const without = await bench.run([], env);
    expect(without.stdout + without.stderr).not.toContain('first-key');
    expect(without.stderr).toContain('Manage Language Models');
    const given = await bench.run(['--with-key'], env);
    expect(given.stdout).toContain('"Authorization": "Bearer first-key"');
    expect(given.stderr).toContain('открытым текстом');
  });

  it.each([
    [['--write', '--remove'], 'only one of them'],
    [['--with-key'], 'OR_CLIENT_KEYS is empty'],
    [['--target', 'emacs'], 'not one of vscode, cli, legacy'],
    [['--user-dir', 'x', '--product', 'code'], 'names the folder already'],
    [['--wriet'], 'unknown argument'],
  ])('%j is refused', async (argv, message) => {
    const { exitCode, stderr } = await bench.run(argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) as string });
  });
});

describe('--dry-run', () => {
  it('shows the change and writes nothing', async () => {
    const { stdout } = await bench.run(['--write', '--dry-run']);
    expect(stdout).toContain('"id": "orcestator"');
    expect(stdout).toContain('Ничего не записано');
    expect(readdirSync(bench.user)).toEqual([]);
  });
});
