/** Fragments of calls that share an id or a place, or have none: each call stays itself (openrouter.md §5.4, pitfall 8). */
import { processorTime } from '@orcestator/service-kit/testing';
import { chunk, DONE, finish, normalise, toolCallsAsCopilot, toolChunk } from './testing';

const call = (index: number, name: string, args = '', id = `id-${name}`) =>
  toolChunk({ index, id, type: 'function', function: { name, arguments: args } });

describe('tool calls that share an id or a place', () => {
  const read = (...events: string[]) =>
    toolCallsAsCopilot(normalise(events.join('') + finish('tool_calls') + DONE)).map(
      ({ name, arguments: args }) => [name, args],
    );
  const fragment = (fields: object, ...others: object[]) =>
    toolChunk(...[fields, ...others].map((one) => ({ ...one })));
  const two = [
    ['f', '{"a":1}'],
    ['g', '{"b":2}'],
  ];

  it('place 0 for all, no ids', () => {
    expect(read(call(0, 'f', '{"a":1}', ''), call(0, 'g', '{"b":2}', ''))).toEqual(two);
  });

  it('the same function twice, place 0, no ids', () => {
    expect(read(call(0, 'f', '{"a":1}', ''), call(0, 'f', '{"a":2}', ''))).toEqual([
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
    ]);
  });

  it('one id for all, without places', () => {
    const [f, g] = two.map(([name, args]) => ({ id: 'call_0', function: { name, arguments: args } }));
    expect(read(fragment(f ?? {}, g ?? {}))).toEqual(two);
  });

  it('one call, then a list of two, without ids and places', () => {
    const named = (name: string, args: string) => ({ function: { name, arguments: args } });
    expect(
      read(
        fragment(named('e', '{"z":0}')),
        fragment(named('f', '{"a"'), named('g', '{"b"')),
        fragment({ function: { arguments: ':1}' } }, { function: { arguments: ':2}' } }),
      ),
    ).toEqual([['e', '{"z":0}'], ...two]);
  });

  it('place 0 for all, ids that take turns', () => {
    const more = (id: string, args: string) => fragment({ index: 0, id, function: { arguments: args } });
    expect(
      read(call(0, 'f', '{"a":', 'a'), call(0, 'g', '{"b":', 'b'), more('a', '1}'), more('b', '2}')),
    ).toEqual(two);
  });

  it('an id that comes after the name', () => {
    expect(
      read(
        fragment({ function: { name: 'f', arguments: '' } }),
        fragment({ id: 'a', function: { arguments: '{"a":1}' } }),
      ),
    ).toEqual([['f', '{"a":1}']]);
  });

  it('a name that comes after the next call', () => {
    expect(
      read(
        fragment({ index: 0, id: 'a', function: { arguments: '{"a":1}' } }),
        call(1, 'g', '{"b":2}'),
        fragment({ index: 0, function: { name: 'f' } }),
      ),
    ).toEqual(two);
  });

  it('a whole call told once more is one call', () => {
    expect(read(call(0, 'f', '{"a":1}', 'a'), call(0, 'f', '{"a":1}', 'a'), call(0, 'f', '', 'a'))).toEqual([
      ['f', '{"a":1}'],
    ]);
  });

  it('{} before the arguments, and blanks in place of them', () => {
    const more = (args: string) => fragment({ index: 0, function: { arguments: args } });
    expect(read(call(0, 'f', '{}', 'a'), more('{"a":'), more('1}'))).toEqual([['f', '{"a":1}']]);
    expect(read(call(0, 'f', '{}', 'a'), call(1, 'g', ' ', 'b'))).toEqual([
      ['f', '{}'],
      ['g', '{}'],
    ]);
  });

  it('one object in place of the list', () => {
    const one = { id: 'a', function: { name: 'f', arguments: '{"a":1}' } };
    const result = normalise(chunk({ tool_calls: one }) + finish('tool_calls') + DONE);
    expect(toolCallsAsCopilot(result)).toEqual([{ id: 'a', name: 'f', arguments: '{"a":1}' }]);
  });

  it('ids of two choices differ', () => {
    const both = [0, 1].map((index) =>
      chunk(
        { tool_calls: [{ index: 0, id: 'call_0', function: { name: 'f', arguments: '{"a":1}' } }] },
        { index, finish_reason: 'tool_calls' },
      ),
    );
    const { chunks } = normalise(both.join('') + DONE);
    const ids = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []).map(({ id }) => id);
    expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(2);
  });
});

it('200 kB of braces in a call that another one follows cost their length', () => {
  const braces = Array.from({ length: 50_000 }, () =>
    toolChunk({ index: 0, function: { arguments: 'ab}}' } }),
  );
  const stream =
    call(0, 'f', '{"text":"') + call(1, 'g', '{}') + braces.join('') + finish('tool_calls') + DONE;
  // 0.4 s; with the text read anew for each brace it was 65 s.
  expect(processorTime(() => normalise(stream))).toBeLessThan(10_000);
});
