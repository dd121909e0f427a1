/** The worker's settings and the rules that join them. */
import { loadConfig } from '@orcestator/service-kit';
import { checkWorkerConfig, workerAddressOf, workerIdentity, workerTable, type WorkerConfig } from './config';

const key = { OR_API_KEY: 'sk-or-v1-test' };

function load(argv: string[], env: Record<string, string> = key) {
  return loadConfig(
    { name: 'worker', description: '', version: '0' },
    workerTable,
    { argv, env, dotEnv: {} },
    checkWorkerConfig,
  );
}

function loaded(argv: string[], env?: Record<string, string>): Readonly<WorkerConfig> {
  const result = load(argv, env);
  if (!result.ok) throw new Error(result.output);
  return result.config;
}

it("has the defaults of the user's table", () => {
  expect(loaded([])).toMatchObject({
    defaultModel: 'openai/gpt-4o',
    logFile: 'logs/traffic.log',
    dbPath: '',
    logLevel: 'info',
    baseUrl: 'https://openrouter.ai/api/v1',
    heartBeatInterval: 45,
  });
});

it('a key that no header can carry, such as the sample of a document, is refused and not repeated', () => {
  const result = load([], { OR_API_KEY: 'sk-or-v1-ваш-ключ' });
  expect(result).toMatchObject({ ok: false, exitCode: 2 });
  if (result.ok) return;
  expect(result.output).toContain('OR_API_KEY: the key holds characters');
  expect(result.output).not.toContain('ваш-ключ');
});

it('without a key it refuses, says how to get one, and that the demo needs none', () => {
  const result = load([], {});
  expect(result).toMatchObject({ ok: false, exitCode: 2 });
  if (result.ok) return;
  expect(result.output).toContain('OR_API_KEY');
  expect(result.output).toContain('https://openrouter.ai/settings/keys');
  expect(result.output).toContain('demo');
});

it('another upstream needs no key', () => {
  expect(loaded(['--base-url', 'http://localhost:11434/v1/'], {}).baseUrl).toBe('http://localhost:11434/v1');
});

it("takes the flags of the request and FastChat's", () => {
  const config = loaded(['--model-id', 'orcestator', '--controller', 'http://127.0.0.1:1', '--port', '8005']);
  expect(workerIdentity(config)).toMatchObject({
    modelNames: ['orcestator'],
    modelPatterns: ['*/*'],
    controllerUrl: 'http://127.0.0.1:1',
  });
  const fastchat = loaded([
    '--model-names',
    'a, b',
    '--controller-address',
    'http://c:2',
    '--worker-address',
    'http://w:3',
    '--limit-worker-concurrency',
    '7',
  ]);
  expect(fastchat).toMatchObject({
    modelNames: ['a', 'b'],
    controllerUrl: 'http://c:2',
    workerAddress: 'http://w:3',
    limitWorkerConcurrency: 7,
  });
});

it('the pattern for OpenRouter ids goes with the name orcestator unless patterns are given', () => {
  expect(workerIdentity(loaded(['--model-names', 'llama3'])).modelPatterns).toEqual([]);
  expect(workerIdentity(loaded(['--model-names', 'llama3,orcestator'])).modelPatterns).toEqual(['*/*']);
  expect(workerIdentity(loaded(['--model-patterns', ''])).modelPatterns).toEqual([]);
  expect(workerIdentity(loaded(['--model-patterns', 'qwen/*'])).modelPatterns).toEqual(['qwen/*']);
});

it('--model-id with a slash is the model behind orcestator', () => {
  expect(workerIdentity(loaded(['--model-id', 'openai/gpt-4o-mini']))).toMatchObject({
    modelNames: ['orcestator'],
    defaultModel: 'openai/gpt-4o-mini',
  });
});

it('finds a controller on this machine by its port alone', () => {
  expect(workerIdentity(loaded([], { ...key, OR_CONTROLLER_PORT: '21100' })).controllerUrl).toBe(
    'http://127.0.0.1:21100',
  );
});

it('is reached at its own address where none is given', () => {
  expect(workerAddressOf(loaded([]), 8002)).toBe('http://127.0.0.1:8002');
  expect(workerAddressOf(loaded(['--worker-address', 'http://worker:8002']), 8002)).toBe(
    'http://worker:8002',
  );
});

it('"auto" is the name of the machine, so that replicas with the same settings have an address each', () => {
  const config = loaded(['--worker-address', 'auto']);
  expect(workerAddressOf(config, 8002, () => '3f2a91c07b1e')).toBe('http://3f2a91c07b1e:8002');
});

it("heart beats slower than the controller's patience are a problem", () => {
  expect(load([], { ...key, FASTCHAT_WORKER_HEART_BEAT_INTERVAL: '90' })).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('FASTCHAT_WORKER_HEART_BEAT_INTERVAL')],
  });
});
