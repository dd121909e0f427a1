/** Reasoning survives a client that forgets it. */
import { createReasoningCache } from './reasoning-cache';
import { reattachReasoning } from './reattach-reasoning';
import { assistant, body, callOf, details, empty, filled, user } from './testing';

it('pitfall 11: is put back by the id of the tool call, unchanged and in its place', () => {
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
  const twoCalls = assistant({ tool_calls: [{ id: 'unknown' }, callOf('call_2')] });
  expect(reattachReasoning(body(user, twoCalls), filled()).messages).toEqual([
    user,
    { ...twoCalls, reasoning_details: details },
  ]);
});

it('what a client mangled is replaced by what the model said', () => {
  const mangled = assistant({ reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', index: 0 }] });
  expect(reattachReasoning(body(user, mangled), filled()).messages).toEqual([
    user,
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

  it('by alternatives: what comes under one key again and again is not kept for ever', () => {
    const cache = createReasoningCache({ entries: 100, characters: 10_000 });
    for (let turn = 0; turn < 50; turn += 1) cache.remember(['a'], [`thought ${turn}`]);
    expect(cache.find('a')?.length).toBeLessThan(10);
  });

  it('by depth: what would break whoever copies it is not kept', () => {
    const cache = empty();
    cache.remember(['a'], JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown[]);
    expect(cache.find('a')).toBeUndefined();
  });
});
