/** Every way in which an upstream stream breaks is an error, never a success. */
import {
  bare,
  chunk,
  COMMENT,
  contentOf,
  createTestNormaliser,
  DONE,
  event,
  failureOf,
  finish,
  finishesOf,
  normalise,
  toolChunk,
} from './testing';

const some = COMMENT + chunk({ content: 'Hel' });
const providerGone = {
  code: 502,
  message: 'Provider disconnected unexpectedly',
  metadata: { error_type: 'provider_unavailable' },
};

describe('pitfall 16: errors inside the stream', () => {
  const shapes: [string, string, string][] = [
    [
      'M1: error beside a choice that finishes with error',
      chunk({}, { finish_reason: 'error' }, { error: providerGone }),
      'Provider disconnected unexpectedly',
    ],
    [
      'M1s: the code is a word',
      chunk({}, { finish_reason: 'error' }, { error: { code: 'server_error', message: 'Provider died' } }),
      'Provider died',
    ],
    [
      'M2: empty choices, empty model',
      bare({ model: '', error: { code: 502, message: 'Network connection lost.' } }) + DONE,
      'Network connection lost.',
    ],
    [
      'M3: a bare error frame',
      event({
        error: { message: 'Rate limit exceeded: free-models-per-min. ', code: 429 },
        user_id: 'user_SIM',
      }),
      'rate_limit: Rate limit exceeded: free-models-per-min.',
    ],
    [
      'M4: only a finish, native MALFORMED_FUNCTION_CALL',
      finish('error', 'MALFORMED_FUNCTION_CALL') + DONE,
      'MALFORMED_FUNCTION_CALL',
    ],
    [
      'M5: error beside a choice without finish, with usage',
      chunk(
        {},
        {},
        {
          error: { code: 400, message: 'Token limit reached' },
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        },
      ) + DONE,
      'invalid_request: Token limit reached',
    ],
    [
      'M6 (pitfall 17): stop, but natively network_error',
      finish('stop', 'network_error') + DONE,
      'network_error',
    ],
    ['M7 (pitfall 26): the bytes simply end', '', 'before it was complete'],
  ];

  it.each(shapes)('%s', (_name, tail, expected) => {
    const result = normalise(some + tail);
    expect(contentOf(result)).toBe('Hel');
    expect(failureOf(result)).toContain(expected);
    expect(finishesOf(result)).toEqual([]);
    expect(result.normaliser.openChoices).toEqual([0]);
  });

  it.each(shapes.slice(0, 6))('before any content: %s', (_name, tail, expected) => {
    const result = normalise(COMMENT + tail);
    expect(failureOf(result)).toContain(expected);
    expect(result.chunks).toEqual([]);
  });

  it('an error after the finish chunk is still an error', () => {
    const result = normalise(some + finish('stop') + bare({ error: providerGone }) + DONE);
    expect(failureOf(result)).toContain('Provider disconnected');
    expect(finishesOf(result)).toEqual([]);
  });
});

describe('ends that are no ends', () => {
  it('pitfall 42: [DONE] without a finish chunk', () => {
    expect(failureOf(normalise(some + DONE))).toContain('before it was complete');
  });

  it('pitfall 10: tool arguments cut off are never reported as complete', () => {
    const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"path":' } };
    const result = normalise(toolChunk(call));
    expect(failureOf(result)).toContain('before it was complete');
    expect(finishesOf(result)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['comments only', COMMENT.repeat(3)],
    ['[DONE] only', DONE],
    ['pitfall 14: an HTML page', '<!DOCTYPE html>\n<html><body>OpenRouter</body></html>\n'],
  ])('%s is an empty answer', (_name, stream) => {
    expect(failureOf(normalise(stream))).toContain('empty answer');
  });

  it('a payload that is not JSON', () => {
    expect(failureOf(normalise(`${some}data: {"id":"gen-1","choi\n\n${DONE}`))).toContain('not JSON');
  });

  it('an event over 8 MiB is given up instead of filling the memory', () => {
    const normaliser = createTestNormaliser();
    const piece = Buffer.from('x'.repeat(1024 * 1024));
    normaliser.push(Buffer.from('data: {"a":"'));
    for (let at = 0; at < 9; at += 1) normaliser.push(piece);
    expect(normaliser.outcome).toMatchObject({ ok: false, error: { kind: 'upstream_failed' } });
  });
});

describe('openrouter.md §6.7: errors inside a JSON body with status 200', () => {
  const read = (body: string): string => {
    const normaliser = createTestNormaliser();
    const chunks = normaliser.pushBody(body);
    return failureOf({ chunks, outcome: normaliser.outcome, normaliser });
  };

  it.each([
    ['(a) error without choices', JSON.stringify({ error: providerGone }), 'Provider disconnected'],
    ['(b) empty choices', JSON.stringify({ id: 'gen-1', choices: [] }), 'empty answer'],
    ['(b) choices null', JSON.stringify({ id: 'gen-1', choices: null }), 'empty answer'],
    [
      '(c) error inside the choice',
      JSON.stringify({
        choices: [{ message: { content: 'par' }, finish_reason: 'error', error: providerGone }],
      }),
      'Provider disconnected',
    ],
    ['(d) white space only', ' \n'.repeat(100), 'empty answer'],
    [
      'pitfall 28: padding and then an error',
      `${' \n'.repeat(100)}${JSON.stringify({ error: providerGone })}`,
      'Provider disconnected',
    ],
  ])('%s', (_name, body, expected) => {
    expect(read(body)).toContain(expected);
  });
});
