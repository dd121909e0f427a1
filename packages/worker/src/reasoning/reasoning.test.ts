/** Reasoning survives a client that forgets it. */
import { createReasoningCache } from './reasoning-cache';
import { reattachReasoning } from './reattach-reasoning';

const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', index: 0 }];
const assistant = (fields: object = {}) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function' }],
  ...fields,
});
const body = (...messages: object[]) => ({ model: 'orcestator', messages });

function filled() {
  const cache = createReasoningCache({ entries: 10, characters: 10_000 });
  cache.remember(['call_1', 'call_2'], details);
  return cache;
}

it('pitfall 11: is put back by the id of the tool call, unchanged and in its place', () => {
  const user = { role: 'user', content: 'x' };
  const mended = reattachReasoning(
    body(user, assistant(), { role: 'tool', tool_call_id: 'call_1' }),
    filled(),
  );
  expect(mended.messages).toEqual([
    user,
    { ...assistant(), reasoning_details: details },
    { role: 'tool', tool_call_id: 'call_1' },
  ]);
});

it('any call of the message finds it', () => {
  const twoCalls = assistant({ tool_calls: [{ id: 'unknown' }, { id: 'call_2' }] });
  expect(reattachReasoning(body(twoCalls), filled()).messages).toEqual([
    { ...twoCalls, reasoning_details: details },
  ]);
});

it('what a client mangled is replaced by what the model said', () => {
  const mangled = assistant({ reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', index: 0 }] });
  expect(reattachReasoning(body(mangled), filled()).messages).toEqual([
    { ...mangled, reasoning_details: details },
  ]);
});

it('pitfall 12: of a turn that this worker did not see, what the client sends is left alone, an empty list too', () => {
  for (const own of [[], [{ type: 'reasoning.encrypted', data: 'x' }]]) {
    const sent = body(assistant({ tool_calls: [{ id: 'other' }], reasoning_details: own }));
    expect(reattachReasoning(sent, filled())).toBe(sent);
  }
});

it('unknown calls, other roles and odd messages pass as they are', () => {
  const sent = body(
    assistant({ tool_calls: [{ id: 'other' }] }),
    { role: 'user', tool_calls: [{ id: 'call_1' }] },
    assistant({ tool_calls: 'x' }),
  );
  expect(reattachReasoning(sent, filled())).toBe(sent);
  expect(reattachReasoning({ messages: 'x' }, filled())).toEqual({ messages: 'x' });
});

it("Copilot's own thinking fields do not reach the upstream", () => {
  const sent = body({ role: 'assistant', content: 'hi', cot_id: '1', cot_summary: 's' });
  expect(reattachReasoning(sent, filled()).messages).toEqual([{ role: 'assistant', content: 'hi' }]);
});

describe('the cache is bounded', () => {
  it('by entries: the least recently used goes', () => {
    const cache = createReasoningCache({ entries: 2, characters: 10_000 });
    cache.remember(['a'], details);
    cache.remember(['b'], details);
    cache.find('a');
    cache.remember(['c'], details);
    expect(['a', 'b', 'c'].map((id) => cache.find(id) !== undefined)).toEqual([true, false, true]);
  });

  it('by size: large ones push out others, and one that is too large is not kept', () => {
    const cache = createReasoningCache({ entries: 100, characters: 1_000 });
    cache.remember(['a'], ['x'.repeat(600)]);
    cache.remember(['b'], ['y'.repeat(600)]);
    cache.remember(['c'], ['z'.repeat(2_000)]);
    expect(['a', 'b', 'c'].map((id) => cache.find(id) !== undefined)).toEqual([false, true, false]);
  });
});
