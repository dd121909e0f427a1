/** One body out of a stream, with everything in it. */
import { chunk, DONE, finish, normalise, toolChunk, USAGE } from '@orcestator/stream-normaliser/testing';
import { CompletionBuilder } from './completion-builder';

function build(stream: string, textLimit?: number) {
  const builder = new CompletionBuilder(textLimit);
  for (const one of normalise(stream + DONE).chunks) builder.add(one);
  return builder;
}

it('text, finish, usage with cost, model and unknown fields', () => {
  const body = build(chunk({ content: 'Hel' }) + chunk({ content: 'lo' }) + finish('length')).toCompletion(
    USAGE,
  );
  expect(body).toMatchObject({
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'orcestator',
    provider: 'OpenAI',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, finish_reason: 'length' },
    ],
    usage: USAGE,
  });
  expect(body.id).toMatch(/^gen-/);
});

it('tool calls whole, content null beside them (pitfall 36)', () => {
  const first = { index: 0, id: 'a', type: 'function', function: { name: 'ls', arguments: '{"path"' } };
  const body = build(
    toolChunk(first) + toolChunk({ index: 0, function: { arguments: ':"."}' } }) + finish('tool_calls'),
  ).toCompletion(undefined);
  expect(body.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'ls', arguments: '{"path":"."}' } }],
    },
  });
  expect(body).not.toHaveProperty('usage');
});

it('reasoning joined, details merged by index and type with their signature, annotations collected', () => {
  const detail = (fields: object) => ({
    type: 'reasoning.text',
    index: 0,
    format: 'anthropic-claude-v1',
    ...fields,
  });
  const body = build(
    chunk({ reasoning: 'Let ', reasoning_details: [detail({ text: 'Let ' })] }) +
      chunk({ reasoning: 'me', reasoning_details: [detail({ text: 'me' })] }) +
      chunk({
        reasoning_details: [
          detail({ signature: 'c2ln' }),
          { type: 'reasoning.encrypted', index: 1, data: 'x' },
        ],
      }) +
      chunk({ content: '42', annotations: [{ type: 'url_citation' }] }) +
      chunk({ annotations: [{ type: 'file' }] }) +
      finish('stop'),
  ).toCompletion(undefined);
  expect(body.choices[0]?.message).toMatchObject({
    reasoning: 'Let me',
    reasoning_details: [
      detail({ text: 'Let me', signature: 'c2ln' }),
      { type: 'reasoning.encrypted', index: 1, data: 'x' },
    ],
    annotations: [{ type: 'url_citation' }, { type: 'file' }],
  });
});

it('several choices', () => {
  const body = build(
    chunk({ content: 'a' }) +
      chunk({ content: 'b' }, { index: 1 }) +
      finish('stop') +
      chunk({}, { index: 1, finish_reason: 'stop' }),
  ).toCompletion(undefined);
  expect(body.choices.map((choice) => [choice.index, choice.message.content])).toEqual([
    [0, 'a'],
    [1, 'b'],
  ]);
});

it('of a long answer it keeps what the records show, counts the rest, and holds reasoning details whole', () => {
  const call = { index: 0, id: 'a', type: 'function', function: { name: 'write', arguments: '0123456789' } };
  const builder = build(
    chunk({
      reasoning: 'thinking',
      reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'think' }],
    }) +
      chunk({ reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'ing' }] }) +
      chunk({ content: 'Hello' }) +
      chunk({ content: ' world' }) +
      toolChunk(call) +
      finish('tool_calls'),
    7,
  );
  expect(builder.text()).toMatchObject({
    content: 'Hello w',
    toolCalls: [{ function: { name: 'write', arguments: '0123456' } }],
    omitted: 4 + 3,
  });
  expect(builder.reasoningDetails()).toEqual([{ type: 'reasoning.text', index: 0, text: 'thinking' }]);
});
