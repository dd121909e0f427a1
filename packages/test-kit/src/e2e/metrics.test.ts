/** Every metrics page passes Prometheus' own check. */
import { spawnSync } from 'node:child_process';
import { InProcessStack } from '../stack/in-process-stack';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  process.stderr.write('promtool is not installed (Debian package prometheus): its check is skipped\n');

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start();
  await (await stack.chat({ stream: true })).text();
  await (await stack.chat({ model: 'nope' })).text();
});
afterAll(() => stack.stop());

(hasPromtool ? it : it.skip).each(['controller', 'worker', 'api'] as const)(
  'promtool has nothing to say about %s',
  async (name) => {
    const page = await (await fetch(`${stack[name].url}/metrics`)).text();
    const check = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
    expect(check.stdout + check.stderr).toBe('');
    expect(check.status).toBe(0);
  },
);

it('requests, tokens and latency are there', async () => {
  const pages = await Promise.all(
    [stack.controller, stack.worker, stack.api].map(async ({ url }) =>
      (await fetch(`${url}/metrics`)).text(),
    ),
  );
  expect(pages[0]).toContain('orcestator_controller_workers');
  expect(pages[1]).toMatch(/orcestator_worker_tokens_total\{kind="completion",model="[^"]+"\} [1-9]/);
  expect(pages[2]).toMatch(
    /orcestator_api_server_http_request_duration_seconds_count\{.*status="200"\} [1-9]/,
  );
});
