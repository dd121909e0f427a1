/** Two turns with a tool, by clients that forget what the model thought. */
import { InProcessStack } from '../stack/in-process-stack';
import { askBody, askStream, type Body } from './hold-to-contract';

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
});
afterAll(() => stack.stop());

const user = { role: 'user', content: 'What is the weather in Oslo?' };

/** The history as VS Code sends it: the calls and their results, nothing of the reasoning. */
function secondTurn(calls: readonly { id: string; name: string; arguments: string }[]): object[] {
  const made = calls.map(({ id, ...details }) => ({ id, type: 'function', function: details }));
  const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'sunny' }));
  return [user, { role: 'assistant', content: '', tool_calls: made }, ...results];
}

it('pitfall 11: sim/reasoning-required passes two turns of a client that forgets, streamed', async () => {
  const first = await askStream(stack, 'reasoning-required', { messages: [user] });
  const messages = secondTurn(first.toolCalls);
  const second = await askStream(stack, 'reasoning-required', { messages });
  expect([second.text, second.finish]).toEqual(['It is sunny in Oslo.', 'stop']);
});

it('pitfall 11: sim/reasoning-required passes two turns of a client that forgets, in one body', async () => {
  const first = await askBody(stack, 'reasoning-required', { messages: [user] });
  const { tool_calls: calls = [] } = (first.choices[0] as Body['choices'][0]).message;
  const messages = secondTurn(calls.map((call) => ({ id: call.id, ...call.function })));
  const second = await askBody(stack, 'reasoning-required', { messages });
  expect(second.choices[0]?.message.content).toBe('It is sunny in Oslo.');
});

it.each([
  ['the fragments as they came', 0],
  ['only the last fragment, as Copilot CLI does', -1],
])('pitfall 12: a client that sends back %s: the model gets its details whole', async (_what, from) => {
  const first = await askStream(stack, 'reasoning-required', { messages: [user] });
  const details = first.reasoningDetails?.slice(from);
  const messages = secondTurn(first.toolCalls).map((message) =>
    'tool_calls' in message ? { ...message, reasoning_details: details } : message,
  );
  const second = await askStream(stack, 'reasoning-required', { messages });
  expect(second.text).toBe('It is sunny in Oslo.');
});

it('pitfall 12: details of a turn that nobody here saw go on as they are, an empty list too', async () => {
  const call = { id: 'call_of_another_day', name: 'get_weather', arguments: '{}' };
  for (const details of [[], [{ type: 'reasoning.encrypted', data: 'x', index: 0 }]]) {
    const messages = secondTurn([call]).map((message) =>
      'tool_calls' in message ? { ...message, reasoning_details: details } : message,
    );
    await askStream(stack, 'ok', { messages });
    const sent = JSON.parse(stack.simulator.simulator.requests.at(-1)?.body ?? '') as { messages: object[] };
    expect(sent.messages).toEqual(messages);
  }
});
