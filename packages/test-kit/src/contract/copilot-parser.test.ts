/** The habits of VS Code's parser that the gateway has to serve. */
import { NO_CHOICES, readAsCopilot } from './copilot-parser';

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null = null) =>
  event({ choices: [{ index: 0, delta, finish_reason: finish }] });
const read = (...events: string[]) => readAsCopilot(Buffer.from(`${events.join('')}data: [DONE]\n\n`));
const hello = chunk({ content: 'Hello' });
const failure = event({ error: { message: 'It broke.' } });

it('reads text, thinking and the last usage', () => {
  const answer = read(
    ': ping\n',
    chunk({ reasoning: 'Hm.' }),
    hello,
    chunk({}, 'stop'),
    event({ choices: [], usage: { total_tokens: 1 } }),
    event({ choices: [], usage: { total_tokens: 2 } }),
  );
  expect(answer).toEqual({
    text: 'Hello',
    thinking: 'Hm.',
    toolCalls: [],
    usage: { total_tokens: 2 },
    failure: undefined,
    complaints: [],
  });
});

it.each([
  ['no finish chunk', [hello]],
  ['a finish word that it does not know', [hello, chunk({}, 'end_turn')]],
  ['an error while the choice is open', [hello, failure]],
  ['an error beside empty choices', [hello, event({ choices: [], error: { message: 'It broke.' } })]],
])('"no choices" after %s', (_what, events) => {
  expect(read(...events).failure).toBe(NO_CHOICES);
});

it.each([
  ['first of all', [failure]],
  ['after a chunk that closes the choice', [hello, chunk({}, 'error'), failure]],
])("shows an error's text when it comes %s", (_when, events) => {
  expect(read(...events).failure).toBe('It broke.');
});

it('loses the text beside an empty tool_calls', () => {
  expect(read(chunk({ content: 'lost', tool_calls: [] }), chunk({}, 'stop')).text).toBe('');
});

it('ignores index: interleaved calls get mixed up', () => {
  const call = (fragment: object) => chunk({ tool_calls: [fragment] });
  const answer = read(
    call({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
    call({ index: 1, id: 'b', function: { name: 'g', arguments: '{' } }),
    call({ index: 0, function: { arguments: '}' } }),
    chunk({}, 'tool_calls'),
  );
  expect(answer.toolCalls).toEqual([
    { id: 'a', name: 'f', arguments: '{' },
    { id: 'b', name: 'g', arguments: '{}' },
  ]);
});

it('complains of lines that are no data', () => {
  expect(read('id: 1\n', hello, chunk({}, 'stop')).complaints).toEqual(['id: 1']);
});
