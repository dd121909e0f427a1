/** One id finds a request everywhere: in the answer, in the logs of all three services, upstream. */
import { InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
beforeEach(async () => {
  stack = await InProcessStack.start();
});
afterEach(() => stack.stop());

const lastRequest = () => stack.simulator.simulator.requests.at(-1);
const lastTrace = () => (JSON.parse(lastRequest()?.body ?? '{}') as { trace?: object }).trace;

it("the caller's id is in the answer, in three logs and upstream", async () => {
  const id = 'vscode-1:2.3_4';
  const answer = await stack.chat({ stream: true }, { headers: { 'x-request-id': id } });
  await answer.text();
  expect(answer.headers.get('x-request-id')).toBe(id);
  const line = (words: string): unknown => expect.stringMatching(new RegExp(`${words}.* id="${id}"`));
  expect(stack.api.logger.lines).toContainEqual(line('POST /v1/chat/completions'));
  expect(stack.controller.logger.lines).toContainEqual(line('POST /get_worker_address'));
  expect(stack.worker.logger.lines).toContainEqual(line('POST /v1/chat/completions'));
  expect(lastRequest()?.headers['x-request-id']).toBe(id);
  expect(lastTrace()).toEqual({ trace_id: id, request_id: id });
});

it('one that the gateway makes is the same on every hop', async () => {
  const id = (await stack.chat()).headers.get('x-request-id') ?? '';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(lastRequest()?.headers['x-request-id']).toBe(id);
  for (const { logger } of [stack.api, stack.controller, stack.worker])
    expect(logger.lines.join('\n')).toContain(id);
});

it('an insane id reaches nobody', async () => {
  const answer = await stack.chat({}, { headers: { 'x-request-id': 'a b; drop' } });
  const id = answer.headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(lastRequest()?.headers['x-request-id']).toBe(id);
});

it("the client's own trace is not touched, and an error answer has the id too", async () => {
  await (await stack.chat({ trace: { trace_id: 'mine' } }, { headers: { 'x-request-id': 'r1' } })).text();
  expect(lastTrace()).toEqual({ trace_id: 'mine', request_id: 'r1' });
  const refused = await stack.chat({ model: 'acme/nope' }, { headers: { 'x-request-id': 'r2' } });
  expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'r2']);
});
