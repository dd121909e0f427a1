/** The simulator as a service. */
import { loadConfig } from '@orcestator/service-kit';
import { createTestKit, startApp } from '@orcestator/service-kit/testing';
import { simulatorDefinition } from './definition';

const load = (argv: string[], env: Record<string, string> = {}) => {
  const { description, table, check } = simulatorDefinition;
  return loadConfig(description, table, { argv, env, dotEnv: {} }, check);
};

it('has its defaults', () => {
  expect(load([])).toMatchObject({
    ok: true,
    config: { host: '127.0.0.1', port: 8010, tokenDelay: 30, firstTokenDelay: 300, logLevel: 'info' },
  });
});

it('reads flags before variables', () => {
  const env = {
    OR_SIMULATOR_HOST: '0.0.0.0',
    OR_SIMULATOR_PORT: '9000',
    OR_SIMULATOR_TOKEN_DELAY: '1',
    OR_SIMULATOR_FIRST_TOKEN_DELAY: '2',
  };
  expect(load([], env)).toMatchObject({
    config: { host: '0.0.0.0', port: 9000, tokenDelay: 1, firstTokenDelay: 2 },
  });
  expect(load(['--port', '9001', '--token-delay', '0'], env)).toMatchObject({
    config: { port: 9001, tokenDelay: 0 },
  });
});

it('refuses what is no delay, naming flag and variable', () => {
  const loaded = load(['--token-delay', 'soon']);
  expect(loaded.ok).toBe(false);
  expect((loaded as { output: string }).output).toContain('--token-delay / OR_SIMULATOR_TOKEN_DELAY');
});

it('speaks Russian in its help', () => {
  expect((load(['--help']) as { output: string }).output).toMatch(/пауза между токенами/);
});

it('answers once it is created', async () => {
  const loaded = load(['--first-token-delay', '0', '--token-delay', '0']);
  if (!loaded.ok) throw new Error(loaded.output);
  const app = await startApp(simulatorDefinition.create(loaded.config, createTestKit()).listener);
  const answer = await fetch(`${app.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer any' },
    body: JSON.stringify({ model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  expect(await answer.json()).toMatchObject({ model: 'openai/gpt-4o' });
  await app.close();
});
