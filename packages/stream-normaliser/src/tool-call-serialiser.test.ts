/** Tool calls as VS Code reads them, whatever order and shape the fragments have. */
import { chunk, DONE, finish, finishesOf, normalise, toolCallsAsCopilot, toolChunk } from './testing';

const first = (index: number | undefined, id: string | undefined, name: string, args?: unknown) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { name, ...(args === undefined ? {} : { arguments: args }) },
});
const more = (index: number | undefined, args: string) => ({
  ...(index === undefined ? {} : { index }),
  function: { arguments: args },
});

const calls = (...events: string[]) =>
  toolCallsAsCopilot(normalise(events.join('') + finish('tool_calls') + DONE));

it('one call: its first fragment has id, type, name and index, the others only arguments', () => {
  const { chunks } = normalise(
    toolChunk(first(0, 'call_a1', 'get_weather', '')) +
      toolChunk(more(0, '{"city":')) +
      toolChunk(more(0, '"Oslo"}')) +
      finish('tool_calls') +
      DONE,
  );
  expect(chunks.flatMap((one) => one.choices[0]?.delta.tool_calls ?? [])).toEqual([
    { index: 0, id: 'call_a1', type: 'function', function: { name: 'get_weather', arguments: '' } },
    { index: 0, function: { arguments: '{"city":' } },
    { index: 0, function: { arguments: '"Oslo"}' } },
  ]);
});

it('pitfall 8: interleaved parallel calls come one after the other', () => {
  const events = [
    toolChunk(first(0, 'a', 'one', '')),
    toolChunk(first(1, 'b', 'two', '')),
    toolChunk(more(1, '{"b"')),
    toolChunk(more(0, '{"a"')),
    toolChunk(more(1, ':2}')),
    toolChunk(more(0, ':1}')),
  ];
  expect(calls(...events)).toEqual([
    { id: 'a', name: 'one', arguments: '{"a":1}' },
    { id: 'b', name: 'two', arguments: '{"b":2}' },
  ]);
});

it('ten calls whose fragments take turns', () => {
  const indices = [...Array(10).keys()];
  const events = [
    toolChunk(...indices.map((index) => first(index, `id${index}`, `f${index}`, ''))),
    toolChunk(...indices.map((index) => more(index, `{"n":`))),
    ...indices.map((index) => toolChunk(more(index, `${index}}`))),
  ];
  expect(calls(...events)).toEqual(
    indices.map((index) => ({ id: `id${index}`, name: `f${index}`, arguments: `{"n":${index}}` })),
  );
});

it('a call goes out live while it is the open one, and the next opens once its arguments are whole', () => {
  const { normaliser } = normalise('');
  expect(normaliser.outcome).toBeDefined();
  const live = normalise(
    toolChunk(first(0, 'a', 'one', '{"x":1}')) +
      toolChunk(first(1, 'b', 'two', '{"y"')) +
      toolChunk(more(1, ':2}')),
  );
  expect(toolCallsAsCopilot(live)).toEqual([
    { id: 'a', name: 'one', arguments: '{"x":1}' },
    { id: 'b', name: 'two', arguments: '{"y":2}' },
  ]);
});

it('pitfall 9: a call without arguments gets {}', () => {
  expect(calls(toolChunk(first(0, 'a', 'now')))).toEqual([{ id: 'a', name: 'now', arguments: '{}' }]);
  expect(calls(toolChunk(first(0, 'a', 'now')), toolChunk(first(1, 'b', 'then', '')))).toEqual([
    { id: 'a', name: 'now', arguments: '{}' },
    { id: 'b', name: 'then', arguments: '{}' },
  ]);
});

it('pitfall 9: stop after tool calls becomes tool_calls, length stays', () => {
  expect(finishesOf(normalise(toolChunk(first(0, 'a', 'f', '{}')) + finish('stop') + DONE))).toEqual([
    'tool_calls',
  ]);
  expect(finishesOf(normalise(toolChunk(first(0, 'a', 'f', '{}')) + finish('length') + DONE))).toEqual([
    'length',
  ]);
});

it('pitfall 9: white space alone after a tool call is dropped, before and within a text it is not', () => {
  const result = normalise(
    toolChunk(first(0, 'a', 'f', '{}')) +
      chunk({ content: '\n\n' }) +
      chunk({ content: 'Done.' }) +
      chunk({ content: '\n' }) +
      chunk({ content: 'Next.' }) +
      chunk({ content: ' ' }) +
      finish('tool_calls') +
      DONE,
  );
  expect(
    result.chunks.map((one) => one.choices[0]?.delta.content).filter((text) => text !== undefined),
  ).toEqual(['\n\nDone.', '\nNext.']);
});

it('without index: by id, then by position, then the last call', () => {
  expect(
    calls(
      toolChunk(first(undefined, 'a', 'one', '{"a"')),
      toolChunk(more(undefined, ':1}')),
      toolChunk(first(undefined, 'b', 'two', '{}')),
    ),
  ).toEqual([
    { id: 'a', name: 'one', arguments: '{"a":1}' },
    { id: 'b', name: 'two', arguments: '{}' },
  ]);
  expect(
    calls(toolChunk(first(undefined, 'a', 'one', '{}'), first(undefined, 'b', 'two', '{}'))),
  ).toHaveLength(2);
});

it('a provider that numbers every call 0 still makes two calls', () => {
  expect(
    calls(toolChunk(first(0, 'a', 'one', '{"a":1}')), toolChunk(first(0, 'b', 'two', '{"b":2}'))),
  ).toEqual([
    { id: 'a', name: 'one', arguments: '{"a":1}' },
    { id: 'b', name: 'two', arguments: '{"b":2}' },
  ]);
});

it('missing, empty and repeated ids become unique ones', () => {
  const ids = calls(
    toolChunk(first(0, undefined, 'one', '{}')),
    toolChunk(first(1, '', 'two', '{}')),
    toolChunk(first(2, 'x', 'three', '{}')),
    toolChunk(first(3, 'x', 'four', '{}')),
  ).map((call) => call.id);
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => id !== '')).toBe(true);
});

it('a name that comes late is waited for, arguments as an object are written as JSON, wrong ones pass', () => {
  expect(calls(toolChunk(first(0, 'a', '', '{"x"')), toolChunk(first(0, 'a', 'late', ':1}')))).toEqual([
    { id: 'a', name: 'late', arguments: '{"x":1}' },
  ]);
  expect(calls(toolChunk(first(0, 'a', 'f', { x: 1 })))).toEqual([
    { id: 'a', name: 'f', arguments: '{"x":1}' },
  ]);
  expect(calls(toolChunk(first(0, 'a', 'f', '{"x": oops')))).toEqual([
    { id: 'a', name: 'f', arguments: '{"x": oops' },
  ]);
});

it('200 kB of arguments in small fragments stay whole, in linear time', () => {
  const args = JSON.stringify({ text: 'x'.repeat(200_000) });
  const pieces = args.match(/.{1,50}/g) ?? [];
  expect(
    calls(toolChunk(first(0, 'a', 'write', '')), ...pieces.map((piece) => toolChunk(more(0, piece)))),
  ).toEqual([{ id: 'a', name: 'write', arguments: args }]);
});
