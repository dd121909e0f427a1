/** What grows within a choice, and what is told beside it. */
import { bare, chunk, DONE, finish, normalise, toolChunk } from '@orcestator/stream-normaliser/testing';
import { CompletionBuilder } from './completion-builder';

function build(stream: string) {
  const builder = new CompletionBuilder();
  for (const one of normalise(stream + DONE).chunks) builder.add(one);
  return builder.toCompletion(undefined);
}

it('audio and a function call of the older kind grow like texts', () => {
  const [choice] = build(
    chunk({ audio: { id: 'audio_1', transcript: 'Hel' } }) +
      chunk({ audio: { data: 'AAAA' }, function_call: { name: 'f', arguments: '' } }) +
      chunk({ audio: { data: 'BBBB', transcript: 'lo' }, function_call: { arguments: '{"a"' } }) +
      chunk({ audio: { expires_at: 7 }, function_call: { arguments: ':1}' } }) +
      finish('function_call'),
  ).choices;
  expect(choice).toMatchObject({
    finish_reason: 'function_call',
    message: {
      audio: { id: 'audio_1', data: 'AAAABBBB', transcript: 'Hello', expires_at: 7 },
      function_call: { name: 'f', arguments: '{"a":1}' },
    },
  });
});

it('a custom tool keeps its text, also beside functions', () => {
  const patch = '*** Begin Patch\n{"not": "JSON"}}}\n*** End Patch';
  const [choice] = build(
    toolChunk({ index: 0, id: 'a', type: 'custom', custom: { name: 'apply_patch', input: '' } }) +
      toolChunk({ index: 1, id: 'b', type: 'function', function: { name: 'ls', arguments: '{}' } }) +
      [...patch].map((input) => toolChunk({ index: 0, custom: { input } })).join('') +
      finish('tool_calls'),
  ).choices;
  expect(choice?.message.tool_calls).toEqual([
    { id: 'a', type: 'custom', custom: { name: 'apply_patch', input: patch } },
    { id: 'b', type: 'function', function: { name: 'ls', arguments: '{}' } },
  ]);
});

it('reasoning details with ids of their own stay apart, those without an index too', () => {
  const detail = (fields: object) => ({ type: 'reasoning.encrypted', ...fields });
  const details = [
    detail({ index: 0, id: 'a', data: 'AA==' }),
    detail({ index: 0, id: 'b', data: 'BB==' }),
    detail({ index: null, summary: 'one' }),
    detail({ index: null, summary: 'two' }),
  ];
  const [choice] = build(chunk({ reasoning_details: details }) + finish('stop')).choices;
  expect(choice?.message.reasoning_details).toEqual(details);
});

it('fields that only one event had are in the body, those beside the finish in its choice', () => {
  const body = build(
    chunk({ content: 'Hi' }, {}, { citations: ['http://a'] }) +
      finish('stop', 'end_turn') +
      bare({ service_tier: 'flex' }),
  );
  expect(body).toMatchObject({ citations: ['http://a'], service_tier: 'flex' });
  expect(body.choices[0]).toMatchObject({ native_finish_reason: 'end_turn' });
});

it('choices are in the order of their index', () => {
  const body = build(
    chunk({ content: 'b' }, { index: 1, finish_reason: 'stop' }) +
      chunk({ content: 'a' }, { index: 0, finish_reason: 'stop' }),
  );
  expect(body.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, 'a'],
    [1, 'b'],
  ]);
});

it('an answer without an end is given up instead of filling the memory', () => {
  const builder = new CompletionBuilder();
  const [first] = normalise(chunk({ content: 'x'.repeat(1024 * 1024) }) + finish('stop') + DONE).chunks;
  const addAll = (): void => {
    for (let at = 0; at < 65 && first; at += 1) builder.add(first);
  };
  expect(addAll).toThrow('too large for one body');
});
