/** The checker itself: a good stream of each kind passes, and each rule broken once is found. */
import { BrokenContractError, readCleanStream } from './clean-stream';

const envelope = { id: 'gen-1', object: 'chat.completion.chunk', created: 1, model: 'orcestator' };
const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  ...envelope,
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const usageChunk = { ...envelope, choices: [], usage };
const failure = {
  error: { message: 'It broke.', type: 'server_error', param: null, code: 'upstream_error' },
};
const hello = chunk({ role: 'assistant', content: 'Hello' });
const stop = chunk({}, 'stop');
const closing = chunk({}, 'error');
const opening = (index: number, id: string) => ({
  index,
  id,
  type: 'function',
  function: { name: 'f', arguments: '' },
});
const piece = (index: number, text: string) => ({ index, function: { arguments: text } });
const calls = (...fragments: object[]) => chunk({ tool_calls: fragments });
const firstCall = (fragment: object) => chunk({ role: 'assistant', tool_calls: [fragment] });

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const DONE = 'data: [DONE]\n\n';
const streamOf = (...values: unknown[]) => values.map(event).join('') + DONE;
const read = (text: string | Buffer, asksUsage = true) => readCleanStream(Buffer.from(text), { asksUsage });

it('reads a text with usage and comments', () => {
  const sound = `: ping\n${event(hello)}: ping\n\n${event(chunk({ content: ' 🐋' }))}${event(stop)}${event(usageChunk)}${DONE}`;
  expect(read(sound)).toEqual({
    text: 'Hello 🐋',
    reasoning: '',
    reasoningDetails: undefined,
    toolCalls: [],
    finish: 'stop',
    usage,
    error: undefined,
    comments: ['ping', 'ping'],
  });
});

it('reads reasoning, and an empty list of details as a list', () => {
  const thought = chunk({ role: 'assistant', content: '', reasoning: 'Hm.', reasoning_details: [] });
  expect(read(streamOf(thought, stop))).toMatchObject({ reasoning: 'Hm.', reasoningDetails: [] });
});

it('reads tool calls one after the other', () => {
  const text = streamOf(
    firstCall(opening(0, 'a')),
    calls(piece(0, '{"x"')),
    calls(piece(0, ':1}')),
    calls(opening(1, 'b')),
    calls(piece(1, '{}')),
    chunk({}, 'tool_calls'),
  );
  expect(read(text).toolCalls).toEqual([
    { id: 'a', name: 'f', arguments: '{"x":1}' },
    { id: 'b', name: 'f', arguments: '{}' },
  ]);
});

it.each([
  ['after content', streamOf(hello, closing, failure), 'Hello'],
  ['before anything', streamOf(failure), ''],
])('reads a failure %s', (_when, text, said) => {
  expect(read(text)).toMatchObject({ text: said, error: failure.error });
});

it.each<[string, string | Buffer]>([
  ['a carriage return', streamOf(hello, stop).replaceAll('\n', '\r\n')],
  ['a replacement character', streamOf(chunk({ role: 'assistant', content: '\ufffd' }), stop)],
  ['a byte order mark', `\ufeff${streamOf(hello, stop)}`],
  ['not valid UTF-8', Buffer.concat([Buffer.from(streamOf(hello)), Buffer.from([0xf0, 0x9f, 0x0a])])],
  ['the stream ends inside a line', streamOf(hello, stop).trimEnd()],
  ['neither "data: "', `id: 1\n${streamOf(hello, stop)}`],
  ['neither "data: "', `event: message\n${streamOf(hello, stop)}`],
  ['neither "data: "', streamOf(hello, stop).replace('data: ', 'data:')],
  ['not one JSON object', `data: : ping\n\n${streamOf(hello, stop)}`],
  ['not one JSON object', `data: {"id":\n\n${streamOf(hello, stop)}`],
  ['not one JSON object', `data: null\n\n${streamOf(hello, stop)}`],
  ['no blank line after the event', streamOf(hello, stop).replace('\n\n', '\n')],
  ['no role in the first delta', streamOf(chunk({ content: 'Hello' }), stop)],
  ['no role in the first delta', streamOf(stop)],
  ['a role after the first delta', streamOf(hello, hello, stop)],
  ['tool_calls is empty', streamOf(chunk({ role: 'assistant', tool_calls: [] }), stop)],
  [
    'content beside tool_calls',
    streamOf(chunk({ role: 'assistant', content: '', tool_calls: [opening(0, 'a')] }), stop),
  ],
  [
    'fragments of one call are not together',
    streamOf(firstCall(opening(0, 'a')), calls(opening(1, 'b')), calls(piece(0, '{}')), stop),
  ],
  ['a call without an id', streamOf(firstCall(opening(0, '')), stop)],
  ['an id that another call has', streamOf(firstCall(opening(0, 'a')), calls(opening(1, 'a')), stop)],
  ['a call without a type', streamOf(firstCall({ ...opening(0, 'a'), type: undefined }), stop)],
  [
    'a call without a name',
    streamOf(firstCall({ ...opening(0, 'a'), function: { name: '', arguments: '' } }), stop),
  ],
  ['a fragment without index', streamOf(firstCall({ ...opening(0, 'a'), index: undefined }), stop)],
  ['a fragment without arguments', streamOf(firstCall(opening(0, 'a')), calls({ index: 0, function: {} }))],
  ['a call that is opened twice', streamOf(firstCall(opening(0, 'a')), calls(opening(0, 'a')), stop)],
  ['reasoning under two names', streamOf(chunk({ role: 'assistant', reasoning_content: 'x' }), stop)],
  ['something after the finish chunk', streamOf(hello, stop, stop)],
  ['something after the finish chunk', streamOf(hello, stop, chunk({ content: '!' }))],
  ['an unknown finish_reason', streamOf(hello, chunk({}, 'end_turn'))],
  ['finish_reason is neither', streamOf(hello, { ...envelope, choices: [{ index: 0, delta: {} }] })],
  ['a choice that is not closed', streamOf(hello)],
  ['a choice that is not closed', streamOf(hello, closing)],
  ['usage beside a choice', streamOf(hello, chunk({}, 'stop', { usage }))],
  ['usage before the finish chunk', streamOf(hello, usageChunk, stop)],
  ['something after the usage chunk', streamOf(hello, stop, usageChunk, usageChunk)],
  [
    'usage without total_tokens',
    streamOf(hello, stop, { ...usageChunk, usage: { ...usage, total_tokens: undefined } }),
  ],
  ['empty choices without usage', streamOf({ ...envelope, choices: [] }, hello, stop)],
  ['model is not orcestator', streamOf(hello, { ...stop, model: 'openai/gpt-4o' })],
  ['the id changes', streamOf(hello, { ...stop, id: 'gen-2' })],
  ['no list of choices', streamOf(hello, stop, { ...envelope })],
  ['no [DONE]', streamOf(hello, stop).replace(DONE, '')],
  ['something after [DONE]', streamOf(hello, stop) + DONE],
  ['neither a choice nor an error', DONE],
  ['an error before the choice was closed', streamOf(hello, failure)],
  ['an error before the choice was closed', streamOf(hello, stop, failure)],
  ['the closing chunk of a failure says', streamOf(hello, chunk({ content: '' }, 'error'), failure)],
  ['an error beside something else', streamOf({ ...failure, choices: [] })],
  ["not the error's four fields", streamOf({ error: { ...failure.error, metadata: {} } })],
  ['code is no text', streamOf({ error: { ...failure.error, code: 502 } })],
  ['something after the error', streamOf(failure, hello)],
])('finds: %s', (rule, text) => {
  expect(() => read(text)).toThrow(BrokenContractError);
  expect(() => read(text)).toThrow(rule);
});

it('finds: usage that nobody asked for', () => {
  expect(() => read(streamOf(hello, stop, usageChunk), false)).toThrow('usage that nobody asked for');
});
