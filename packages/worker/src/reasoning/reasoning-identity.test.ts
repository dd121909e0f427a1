/** Reasoning goes back to the call that it belongs to, and to no other. */
import type { ReasoningCache } from './reasoning-cache';
import { reattachReasoning } from './reattach-reasoning';
import { assistant, body, callOf, details, empty, remember, sentOn, user } from './testing';

describe('pitfall 11: calls that another conversation has too', () => {
  const other = [{ type: 'reasoning.encrypted', data: 'b3RoZXI=', index: 0 }];
  const calls = [callOf('call_0', '{}', 'get_time')];
  const asked = (content: string, calledAgain: object = {}) => [
    { role: 'user', content },
    assistant({ tool_calls: calls, ...calledAgain }),
    { role: 'tool', tool_call_id: 'call_0', content: 'noon' },
  ];
  /** Two conversations in which the upstream gave the same call. */
  const two = (): ReasoningCache => {
    const cache = remember(empty(), { after: asked('one').slice(0, 1), calls });
    return remember(cache, { after: asked('two').slice(0, 1), calls, thought: other });
  };

  it('each conversation gets its own back', () => {
    expect(sentOn(two(), ...asked('one'))).toEqual([details]);
    expect(sentOn(two(), ...asked('two'))).toEqual([other]);
  });

  it('one that nobody here saw gets none', () => {
    expect(sentOn(two(), ...asked('three'))).toEqual([undefined]);
  });

  it('a repeated id in a later turn of the same conversation has its own', () => {
    const turn = asked('one');
    const cache = remember(empty(), { after: turn.slice(0, 1), calls });
    remember(cache, { after: turn, calls, thought: other });
    expect(sentOn(cache, ...turn, ...turn.slice(1))).toEqual([details, other]);
  });

  it('where nothing tells two apart neither is sent', () => {
    const cache = remember(two(), { after: asked('one').slice(0, 1), calls, thought: other });
    expect(sentOn(cache, ...asked('one'))).toEqual([undefined]);
  });

  it('the part that a client sends tells them apart', () => {
    const cache = remember(two(), { after: asked('one').slice(0, 1), calls, thought: other });
    expect(sentOn(cache, ...asked('one', { reasoning_details: [{ signature: 'c2ln', index: 0 }] }))).toEqual([
      details,
    ]);
  });

  it('the same details twice are no trouble', () => {
    const cache = remember(two(), { after: asked('one').slice(0, 1), calls });
    expect(sentOn(cache, ...asked('one'))).toEqual([details]);
  });

  it.each([
    ['id', callOf('call_1', '{}', 'get_time')],
    ['function', callOf('call_0', '{}', 'get_date')],
    ['arguments', callOf('call_0', '{"zone":1}', 'get_time')],
  ])('another %s is another call', (_what, call) => {
    expect(sentOn(two(), asked('one')[0] ?? {}, assistant({ tool_calls: [call] }))).toEqual([undefined]);
  });
});

describe('what a client does to a conversation on its way', () => {
  it('the system prompt, white space and the form of a text do not matter, nor do shortened results of tools', () => {
    const result = (content: string) => ({ role: 'tool', tool_call_id: 'call_0', content });
    const first = assistant({ tool_calls: [callOf('call_0')] });
    const system = (content: string) => ({ role: 'system', content });
    const cache = remember(empty(), { after: [system('Monday'), user, first, result('much')] });
    const parts = { role: 'user', content: [{ type: 'text', text: ' x\n' }] };
    expect(sentOn(cache, system('Tuesday'), parts, first, result('…'), assistant())).toEqual([
      undefined,
      details,
    ]);
  });

  it.each(['call_8Hs2kQ9vXyZ', 'toolu_01A09q90qw90lq917835lq9', 'tool_0_get_weather_4fVx9LmPq2'])(
    'an id made at random is enough where the history was written anew: %s',
    (id) => {
      const cache = remember(empty(), { calls: [callOf(id)] });
      const summary = { role: 'user', content: 'a summary of all before' };
      expect(sentOn(cache, summary, assistant({ tool_calls: [callOf(id)] }))).toEqual([details]);
    },
  );

  it.each(['functions.get_weather:0', 'call_00', 'get_weather', '12345678901'])(
    'an id that comes again elsewhere is not: %s',
    (id) => {
      const cache = remember(empty(), { calls: [callOf(id)] });
      const summary = { role: 'user', content: 'a summary of all before' };
      expect(sentOn(cache, summary, assistant({ tool_calls: [callOf(id)] }))).toEqual([undefined]);
    },
  );

  it.each([
    ['with white space', '{ "a": [1, 2],\n "b": "\u00e9" }'],
    ['in another order', '{"b":"é","a":[1,2]}'],
    ['as an object', { a: [1, 2], b: 'é' }],
  ])('arguments written anew %s are the same', (_how, sent) => {
    const cache = remember(empty(), { calls: [callOf('call_1', '{"a":[1,2],"b":"é"}')] });
    const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: sent } };
    expect(sentOn(cache, user, assistant({ tool_calls: [call] }))).toEqual([details]);
  });

  it('arguments that are no JSON are compared as they are, and none are {}', () => {
    for (const [made, sent] of [
      ['{"a":', ' {"a":'],
      ['', '{}'],
    ]) {
      const cache = remember(empty(), { calls: [callOf('call_1', made)] });
      expect(sentOn(cache, user, assistant({ tool_calls: [callOf('call_1', sent)] }))).toEqual([details]);
    }
  });

  it('of long arguments the record has the beginning only: their conversation tells them', () => {
    const args = JSON.stringify({ text: 'x'.repeat(2_000) });
    const cache = remember(empty(), { calls: [callOf('call_1', args.slice(0, 1_024))], omitted: 986 });
    const message = assistant({ tool_calls: [callOf('call_1', args)] });
    expect(sentOn(cache, user, message)).toEqual([details]);
    expect(sentOn(cache, { role: 'user', content: 'y' }, message)).toEqual([undefined]);
    expect(sentOn(cache, user, assistant({ tool_calls: [callOf('call_1', '{"text":"y"}')] }))).toEqual([
      undefined,
    ]);
  });
});

describe('pitfall 12: details that a client sends of a turn that this worker saw', () => {
  const two = [
    { type: 'reasoning.text', text: 'Let me think.', signature: 'c2ln', format: 'f', index: 0 },
    { type: 'reasoning.encrypted', data: 'ZGF0YQ==', id: 'rs_1', index: 1 },
  ];
  const [first, second] = two;

  it.each([
    ['none', []],
    ['the last fragment of each index', [{ type: 'reasoning.text', signature: 'c2ln', index: 0 }, second]],
    ['fragments', [{ text: 'Let ', index: 0 }, { text: 'me think.', signature: null }, second]],
    ['one of two', [second]],
  ])('%s: what the model said goes on', (_what, sent) => {
    const cache = remember(empty(), { thought: two });
    expect(sentOn(cache, user, assistant({ reasoning_details: sent }))).toEqual([two]);
  });

  it.each([
    ['another signature', [{ ...first, signature: 'other' }, second]],
    ['another text', [{ ...first, text: 'Let us think.' }, second]],
    ['other data', [first, { ...second, data: 'b3RoZXI=' }]],
    ['another id', [first, { ...second, id: 'rs_2' }]],
    ['one more', [...two, { type: 'reasoning.text', text: 'More.', index: 2 }]],
    ['no details at all', ['x']],
  ])('%s: left alone', (_what, sent) => {
    const message = body(user, assistant({ reasoning_details: sent }));
    expect(reattachReasoning(message, remember(empty(), { thought: two }))).toBe(message);
  });

  it('the same ones: left alone', () => {
    const message = body(user, assistant({ reasoning_details: two }));
    expect(reattachReasoning(message, remember(empty(), { thought: two }))).toBe(message);
  });
});
