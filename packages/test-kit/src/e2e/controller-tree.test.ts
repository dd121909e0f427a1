/** A controller below a controller, with OR_CLUSTER_SECRET: a client of the upper API server uses the lower workers. */
import { apiServerDefinition } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { eventually } from '@orcestator/service-kit/testing';
import { immediately, InProcessStack, runInProcess, type RunningService } from '../stack/in-process-stack';
import { runCommand } from '../stack/run-command';

const OR_CLUSTER_SECRET = 'the secret of the tree';

let lower: InProcessStack;
let upper: { controller: RunningService; api: RunningService };

beforeEach(async () => {
  lower = await InProcessStack.start({
    simulator: { ...immediately, tokenDelay: 20 },
    env: { OR_CLUSTER_SECRET },
  });
  const controller = await runInProcess(controllerDefinition, {
    OR_CLUSTER_SECRET,
    OR_PROBE_INTERVAL: '0.1',
  });
  const env = { OR_CLUSTER_SECRET, OR_CONTROLLER_URL: controller.url };
  upper = { controller, api: await runInProcess(apiServerDefinition, env) };
  const { exitCode } = await runCommand('register', [lower.controller.url], env, '.');
  expect(exitCode).toBe(0);
});
afterEach(async () => {
  await upper.api.stop();
  await upper.controller.stop();
  await lower.stop();
});

const chat = (fields: object = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${upper.api.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model: 'orcestator',
      messages: [{ role: 'user', content: 'Say hello' }],
      ...fields,
    }),
    ...init,
  });

it('streams, answers in one body, and covers models by pattern', async () => {
  const stream = await chat({ stream: true });
  expect(stream.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o');
  expect(await stream.text()).toMatch(/"model":"orcestator".*\[DONE\]\n\n$/s);
  expect(await (await chat()).json()).toMatchObject({ model: 'orcestator', object: 'chat.completion' });
  expect((await chat({ model: 'vendor/any:free' })).status).toBe(200);
});

it('does not buffer: the first chunk is here while the rest is being made', async () => {
  const reader = (await chat({ stream: true })).body?.getReader();
  await reader?.read();
  expect(lower.simulator.simulator.requests.at(-1)?.outcome).toBe('running');
  await reader?.cancel();
});

it('cancels through all hops', async () => {
  const abort = new AbortController();
  const answer = await chat({ stream: true }, { signal: abort.signal });
  await answer.body?.getReader().read();
  abort.abort();
  await eventually(() => lower.simulator.simulator.requests.at(-1)?.outcome === 'cancelled', 1_000);
});

it("tells the upstream's errors, and that no worker is left", async () => {
  const refused = await chat({ model: 'acme/nope' });
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining('not a valid model ID'),
  ]);
  await lower.worker.stop();
  await eventually(async () => (await chat()).status === 503);
});
