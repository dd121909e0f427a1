/** With OR_CLUSTER_SECRET the three services trust one another and nobody else. */
import { InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_CLUSTER_SECRET: 'the secret of this cluster' } });
});
afterAll(() => stack.stop());

it('a client notices nothing', async () => {
  const answer = await stack.chat({ stream: true });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('[DONE]')]);
});

it('a stranger may neither register a worker nor call one', async () => {
  const register = {
    worker_name: 'http://127.0.0.1:9',
    check_heart_beat: false,
    worker_status: { model_names: ['orcestator'] },
  };
  const post = (url: string, body: object) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  expect((await post(`${stack.controller.url}/register_worker`, register)).status).toBe(403);
  expect((await post(`${stack.worker.url}/v1/chat/completions`, { model: 'orcestator' })).status).toBe(403);
});

it('the secret itself never leaves for the upstream', () => {
  expect(JSON.stringify(stack.simulator.simulator.requests)).not.toContain('the secret of this cluster');
});
