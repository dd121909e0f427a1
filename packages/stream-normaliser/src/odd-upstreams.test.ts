/** Sound answers as servers besides OpenRouter write them: nothing of them is lost. */
import {
  bare,
  chunk,
  contentOf,
  DONE,
  failureOf,
  finish,
  finishesOf,
  normalise,
  toolCallsAsCopilot,
  toolChunk,
  USAGE,
} from './testing';

const call = (index: number, name: string, args = '', id = `id-${name}`) =>
  toolChunk({ index, id, type: 'function', function: { name, arguments: args } });
const hello = chunk({ content: 'Hello' });

describe('what comes beside or after the finish', () => {
  it('a server that writes a finish on each chunk loses nothing', () => {
    const result = normalise(
      chunk({ content: 'Hel' }, { finish_reason: 'stop' }) +
        chunk({ content: 'lo' }, { finish_reason: 'length' }) +
        DONE,
    );
    expect([contentOf(result), finishesOf(result)]).toEqual(['Hello', ['stop']]);
  });

  it('arguments, encrypted reasoning and annotations come through', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'abc', index: 0 }];
    const result = normalise(
      call(0, 'f', '{"a":') +
        finish('tool_calls') +
        toolChunk({ index: 0, function: { arguments: '1}' } }) +
        chunk({ annotations: [1], reasoning_details: details }, { finish_reason: 'tool_calls' }) +
        DONE,
    );
    expect(toolCallsAsCopilot(result)).toMatchObject([{ arguments: '{"a":1}' }]);
    expect(finishesOf(result)).toEqual(['tool_calls']);
    expect(JSON.stringify(result.chunks)).toContain('"annotations":[1],"reasoning_details":[{"type"');
  });

  it('the words of the server are in the finish chunk', () => {
    const { chunks } = normalise(
      hello +
        chunk({}, { finish_reason: 'end_turn', native_finish_reason: 'end_turn', stop_reason: 7 }) +
        DONE,
    );
    expect(chunks.at(-1)?.choices[0]).toEqual({
      index: 0,
      delta: {},
      finish_reason: 'stop',
      native_finish_reason: 'end_turn',
      stop_reason: 7,
    });
  });
});

describe('texts in other places', () => {
  it.each([
    [
      'a list of parts',
      chunk({ content: [{ type: 'text', text: 'Hel' }] }) + chunk({ content: [{ text: 'lo' }] }),
    ],
    ['a message beside an empty delta', chunk({}, { message: { role: 'assistant', content: 'Hello' } })],
    [
      'deltas, and the whole message beside each of them',
      ['Hel', 'lo', ''].reduce(
        ({ stream, sum }, content) => ({
          stream: stream + chunk({ content }, { message: { content: sum + content } }),
          sum: sum + content,
        }),
        { stream: '', sum: '' },
      ).stream,
    ],
  ])('%s', (_name, stream) => {
    expect(contentOf(normalise(stream + finish('stop') + DONE))).toBe('Hello');
  });

  it('thinking as a part of the content is reasoning', () => {
    const thinking = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }];
    const { chunks } = normalise(chunk({ content: thinking }) + finish('stop') + DONE);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ content: '', reasoning: 'Hm.' });
  });

  it('pitfall 13: the same thought under two names is told under one', () => {
    const { chunks } = normalise(chunk({ reasoning: 'Hm', reasoning_content: 'Hm' }) + finish('stop') + DONE);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', reasoning: 'Hm' });
  });
});

describe('fields beside the texts', () => {
  it('an id that comes late does not change the stream', () => {
    const { chunks } = normalise(
      chunk({ content: 'a' }, {}, { id: '' }) + chunk({ content: 'b' }) + finish('stop') + DONE,
    );
    expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(['chatcmpl-made']));
  });

  it('the probability of a token without text is told, and each one once', () => {
    const logprobs = (token: string) => ({ logprobs: { content: [{ token }] } });
    const { chunks } = normalise(
      chunk({ content: '' }, logprobs('half')) +
        chunk(
          {
            content: 'Hi',
            tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } }],
          },
          logprobs('whole'),
        ) +
        chunk({}, { finish_reason: 'tool_calls', ...logprobs('last') }) +
        DONE,
    );
    const told = chunks.flatMap(({ choices }) => choices[0]?.logprobs ?? []);
    expect(told).toEqual(['half', 'whole', 'last'].map((token) => logprobs(token).logprobs));
  });

  it('of events without a choice they are in the next chunk', () => {
    const { chunks } = normalise(bare({ citations: ['http://a'] }) + hello + finish('stop') + DONE);
    expect(chunks[0]).toMatchObject({ citations: ['http://a'] });
  });

  it('pitfall 7: usage inside the choice is usage', () => {
    const { normaliser } = normalise(hello + chunk({}, { finish_reason: 'stop', usage: USAGE }) + DONE);
    expect(normaliser.usage).toEqual(USAGE);
  });
});

describe('one body where events were asked for, and the other way round', () => {
  const body = JSON.stringify({
    id: 'gen-1',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: USAGE,
  });

  it.each([
    ['plain', body],
    ['after padding', `\ufeff \n\r\n\t${body}\n`],
    ['after comments', `: OPENROUTER PROCESSING\n\n: {"not":"this"}\r\n\r\n${body}`],
  ])('pitfall 37: a JSON answer is told by its first byte, %s', (_name, text) => {
    for (const cuts of [[], [...Array(Buffer.byteLength(text)).keys()]]) {
      const result = normalise(text, cuts);
      expect([contentOf(result), finishesOf(result)]).toEqual(['Hello', ['stop']]);
      expect(result.normaliser.usage).toEqual(USAGE);
    }
  });

  it('a JSON error in place of events has its own status', () => {
    const error = JSON.stringify({ error: { message: 'Rate limited upstream', code: 429 } });
    expect(failureOf(normalise(error))).toBe('rate_limit: Rate limited upstream.');
    expect(failureOf(normalise(`[${error}]`))).toBe('rate_limit: Rate limited upstream.');
  });

  it('a JSON body over 32 MiB is given up', () => {
    const { normaliser } = normalise('');
    expect(normaliser.outcome?.ok).toBe(false);
    const large = normalise(Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(33 * 1024 * 1024, 'x')]));
    expect(failureOf(large)).toContain('too large');
  });
});
