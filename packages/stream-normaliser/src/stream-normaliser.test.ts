/** Clean streams from everything OpenRouter sends when it works. */
import fc from 'fast-check';
import {
  bare,
  chunk,
  COMMENT,
  contentOf,
  DONE,
  event,
  failureOf,
  finish,
  finishesOf,
  normalise,
  toolCallsAsCopilot,
  toolChunk,
  USAGE,
} from './testing';

const hello = COMMENT + COMMENT + chunk({ content: 'Hel' }) + chunk({ content: 'lo' });

describe('a text answer', () => {
  const stream =
    hello + finish('stop') + finish('stop', 'stop', { usage: USAGE, service_tier: 'default' }) + DONE;

  it("has its role in the first delta only, its text, one finish, and the gateway's model in every chunk", () => {
    const result = normalise(stream);
    expect(result.outcome).toEqual({ ok: true });
    expect(result.chunks.map((one) => one.choices[0]?.delta)).toEqual([
      { role: 'assistant', content: 'Hel' },
      { content: 'lo' },
      {},
    ]);
    expect(finishesOf(result)).toEqual(['stop']);
    expect(new Set(result.chunks.map((one) => one.model))).toEqual(new Set(['orcestator']));
    expect(result.normaliser.upstreamModel).toBe('openai/gpt-4o-mini');
  });

  it('keeps unknown fields of chunks and choices (provider, native_finish_reason, service_tier)', () => {
    const { chunks } = normalise(stream);
    expect(chunks[0]).toMatchObject({ provider: 'OpenAI', choices: [{ native_finish_reason: null }] });
    expect(chunks[2]).toMatchObject({ service_tier: 'default' });
  });

  it('pitfalls 20 and 21: any cut of the same bytes gives the same chunks, inside a character too', () => {
    const args = JSON.stringify({ text: '🐋 Привет 🧭' });
    const bytes = Buffer.from(
      `\ufeff${COMMENT}${chunk({ content: 'Ключ 🔑 ' })}${toolChunk({ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } })}` +
        `${toolChunk({ index: 0, function: { arguments: args } })}`.replaceAll('\n', '\r\n') +
        finish('tool_calls') +
        DONE,
    );
    const whole = normalise(bytes).chunks;
    expect(whole.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 60 }), (cuts) => {
        expect(contentOf(normalise(bytes, cuts))).toBe('Ключ 🔑 ');
        expect(toolCallsAsCopilot(normalise(bytes, cuts))).toEqual([
          { id: 'c1', name: 'f', arguments: args },
        ]);
      }),
      { numRuns: 200 },
    );
    expect(normalise(bytes, [...bytes.keys()]).chunks).toEqual(whole);
  });
});

describe('usage', () => {
  const shapes = {
    'A: beside a choice without finish': finish('stop') + chunk({}, {}, { usage: USAGE }),
    'B: with empty choices (pitfall 5)': finish('stop') + bare({ usage: USAGE }),
    'C: with the finish repeated (pitfall 6)': finish('stop') + finish('stop', 'stop', { usage: USAGE }),
    'before the finish': bare({ usage: USAGE }) + finish('stop'),
  };
  it.each(Object.entries(shapes))(
    'pitfall 7: shape %s is kept with its cost and gives no chunk of its own',
    (_name, tail) => {
      const result = normalise(hello + tail + DONE);
      expect(result.normaliser.usage).toEqual(USAGE);
      expect(finishesOf(result)).toEqual(['stop']);
      expect(result.chunks.every((one) => one.choices.length === 1 && one.usage === undefined)).toBe(true);
    },
  );

  it('is left out when a count is missing, and its total is the sum when only that is missing', () => {
    expect(
      normalise(hello + finish('stop') + bare({ usage: { prompt_tokens: 3 } }) + DONE).normaliser.usage,
    ).toBeUndefined();
    const partial = { prompt_tokens: 3, completion_tokens: 4 };
    expect(normalise(hello + finish('stop') + bare({ usage: partial }) + DONE).normaliser.usage).toEqual({
      ...partial,
      total_tokens: 7,
    });
  });
});

describe('odd but sound streams', () => {
  it('pitfalls 2, 3, 44: wrapped comments, empty payloads and null say nothing', () => {
    const odd = 'data: : OPENROUTER PROCESSING\n\ndata:\n\ndata: null\n\ndata: \n\n';
    const result = normalise(odd + hello + odd + finish('stop') + DONE);
    expect(contentOf(result)).toBe('Hello');
    expect(result.outcome).toEqual({ ok: true });
  });

  it('pitfall 43: leading chunks with empty choices give nothing', () => {
    const result = normalise(
      bare({ debug: { echo_upstream_body: {} } }) + bare({}) + hello + finish('stop') + DONE,
    );
    expect(result.chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: 'Hel' });
  });

  it('pitfall 41: empty tool_calls are dropped, content and tool calls never share a delta', () => {
    const mixed =
      chunk({ content: 'Look: ', tool_calls: [] }) +
      chunk({
        content: 'now',
        tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }],
      });
    const deltas = normalise(mixed + finish('tool_calls') + DONE).chunks.map(
      (one) => one.choices[0]?.delta ?? {},
    );
    expect(deltas.filter((delta) => 'tool_calls' in delta && 'content' in delta)).toEqual([]);
    expect(deltas.every((delta) => delta.tool_calls?.length !== 0)).toBe(true);
    expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('Look: now');
  });

  it('pitfall 44: an empty finish_reason is none', () => {
    const result = normalise(
      chunk({ content: 'a' }, { finish_reason: '' }) + chunk({ content: 'b' }) + finish('stop') + DONE,
    );
    expect(contentOf(result)).toBe('ab');
  });

  it('two finishes with different reasons: the first counts', () => {
    expect(finishesOf(normalise(hello + finish('length') + finish('stop') + DONE))).toEqual(['length']);
  });

  it('a finish word that clients do not know becomes one they know', () => {
    expect(finishesOf(normalise(hello + finish('end_turn') + DONE))).toEqual(['stop']);
    expect(finishesOf(normalise(hello + finish('max_tokens') + DONE))).toEqual(['length']);
    expect(finishesOf(normalise(hello + finish('something_new') + DONE))).toEqual(['stop']);
  });

  it('pitfall 26: what follows [DONE] is not read, and a missing [DONE] after the finish is no error', () => {
    expect(contentOf(normalise(hello + finish('stop') + DONE + chunk({ content: 'more' })))).toBe('Hello');
    expect(normalise(hello + finish('stop')).outcome).toEqual({ ok: true });
  });

  it('missing id, created, object and model are filled in', () => {
    const bareChunk =
      event({ choices: [{ delta: { content: 'x' } }] }) +
      event({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    const [first] = normalise(bareChunk + DONE).chunks;
    expect(first).toMatchObject({
      id: 'chatcmpl-made',
      object: 'chat.completion.chunk',
      created: 42,
      model: 'orcestator',
    });
  });

  it('pitfalls 11 and 12: reasoning and reasoning_details pass in order, an empty list too', () => {
    const detail = { type: 'reasoning.text', text: 'Let me ', format: 'anthropic-claude-v1', index: 0 };
    const result = normalise(
      chunk({ reasoning: 'Let me ', reasoning_details: [detail] }) +
        chunk({ reasoning: null, reasoning_details: [] }) +
        chunk({ content: '42' }) +
        finish('stop') +
        DONE,
    );
    expect(result.chunks[0]?.choices[0]?.delta).toEqual({
      role: 'assistant',
      content: '',
      reasoning: 'Let me ',
      reasoning_details: [detail],
    });
    expect(result.chunks[1]?.choices[0]?.delta).toEqual({ content: '', reasoning_details: [] });
  });

  it('several choices are kept apart, each with its role and its finish', () => {
    const two =
      chunk({ content: 'a' }) +
      chunk({ content: 'b' }, { index: 1 }) +
      finish('stop') +
      chunk({}, { index: 1, finish_reason: 'length' });
    const result = normalise(two + DONE);
    expect(finishesOf(result)).toEqual(['stop', 'length']);
    expect(result.chunks.filter((one) => one.choices[0]?.delta.role === 'assistant')).toHaveLength(2);
  });

  it('pitfalls 28 and 37: a padded JSON body in place of the stream becomes chunks', () => {
    const message = { role: 'assistant', content: 'Hello', refusal: null };
    const body = {
      id: 'gen-1',
      created: 7,
      model: 'm/x',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: USAGE,
    };
    const { normaliser } = normalise('');
    expect(failureOf(normalise(''))).toContain('empty answer');
    expect(normaliser.usage).toBeUndefined();
    const fresh = normalise(`${' \n'.repeat(50)}${COMMENT}data: ${JSON.stringify(body)}\n\n${DONE}`);
    expect(contentOf(fresh)).toBe('Hello');
    expect(finishesOf(fresh)).toEqual(['stop']);
  });
});
