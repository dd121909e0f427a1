/** The seven shapes of an error after the first byte (openrouter.md §6.6, §6.7; pitfalls 15, 16, 17). */
import { ask, askWhole, chunksOf, contentOf, eventsOf, fixed, useSimulator } from '../testing/client';

describe('bytes of the sheet', () => {
  describe('M1', () => {
    const stage = useSimulator(fixed(1_790_000_003, 'C'));
    it('has the error before choices, and ends without [DONE]', async () => {
      expect(eventsOf(await ask(stage.running, 'sim/mid-m1')).at(-1)).toBe(
        '{"id":"gen-1790000003-CCCCCCCCCCCCCCCCCCCC","object":"chat.completion.chunk","created":1790000003,"model":"acme/orca-1","provider":"AcmeCloud","error":{"code":502,"message":"Provider disconnected unexpectedly","metadata":{"error_type":"provider_unavailable"}},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}',
      );
    });
  });

  describe('M2', () => {
    const stage = useSimulator(fixed(1_790_000_004, 'D'));
    it('has no choices and no model, and may be the first event', async () => {
      expect((await ask(stage.running, 'sim/mid-m2-first')).text).toBe(
        'data: {"id":"gen-1790000004-DDDDDDDDDDDDDDDDDDDD","object":"chat.completion.chunk","created":1790000004,"model":"","provider":"AcmeCloud","choices":[],"error":{"code":502,"message":"Network connection lost.","metadata":{"error_type":"provider_unavailable"}}}\n\ndata: [DONE]\n\n',
      );
    });
  });
});

describe('shapes', () => {
  const stage = useSimulator();
  const lastOf = async (name: string) => {
    const seen = await ask(stage.running, `sim/${name}`);
    return {
      events: eventsOf(seen),
      chunk: chunksOf(seen).at(-1),
      text: contentOf(seen),
      ending: seen.ending,
    };
  };

  it('M1s has a word for a code (pitfall 23)', async () => {
    expect((await lastOf('mid-m1s')).chunk?.error).toEqual({
      code: 'server_error',
      message: 'Provider disconnected unexpectedly',
    });
  });

  it.each(['mid-m3', 'mid-m3-first'])('%s is a bare frame', async (name) => {
    expect((await lastOf(name)).events.at(-1)).toBe(
      '{"error":{"message":"Rate limit exceeded: free-models-per-min. ","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"20","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1790000060000"},"provider_name":null}},"user_id":"user_SIM"}',
    );
  });

  it('M4 has no error object at all', async () => {
    const { chunk } = await lastOf('mid-m4');
    expect(chunk).not.toHaveProperty('error');
    expect(chunk?.choices?.[0]).toMatchObject({
      finish_reason: 'error',
      native_finish_reason: 'MALFORMED_FUNCTION_CALL',
    });
  });

  it('M5 has an error and usage, but no finish reason, and [DONE]', async () => {
    const { chunk, events } = await lastOf('mid-m5');
    expect(chunk).toMatchObject({
      error: { code: 400, message: 'Token limit reached' },
      choices: [{ finish_reason: null }],
    });
    expect(chunk?.usage?.completion_tokens).toBeGreaterThan(0);
    expect(events.at(-1)).toBe('[DONE]');
  });

  it('M6 says stop, but natively network_error (pitfall 17)', async () => {
    expect((await lastOf('mid-m6')).chunk?.choices?.[0]).toMatchObject({
      finish_reason: 'stop',
      native_finish_reason: 'network_error',
    });
  });

  it('M7 simply ends (pitfall 26)', async () => {
    const { events, chunk, ending } = await lastOf('mid-m7');
    expect([events.length, chunk?.choices?.[0]?.finish_reason, ending]).toEqual([3, null, 'end']);
  });

  it.each(['mid-m1', 'mid-m1s', 'mid-m2', 'mid-m3', 'mid-m4', 'mid-m5', 'mid-m6', 'mid-m7'])(
    '%s comes after three tokens, or as many as asked for',
    async (name) => {
      expect((await lastOf(name)).text.trim().split(' ')).toHaveLength(3);
      expect((await lastOf(`${name}:5`)).text.trim().split(' ')).toHaveLength(5);
      expect(stage.running.simulator.requests.map(({ outcome }) => outcome)).toEqual(['error', 'error']);
    },
  );

  it.each(['mid-m2-first', 'mid-m3-first'])('%s comes before any token', async (name) => {
    expect((await lastOf(name)).text).toBe('');
  });

  it.each([
    [
      'mid-m1',
      { choices: [{ finish_reason: 'error', error: { code: 502 }, message: { content: 'word0 ' } }] },
    ],
    ['mid-m2', { choices: [], error: { code: 502 } }],
    ['mid-m3', { error: { code: 429 }, user_id: 'user_SIM' }],
    ['mid-m4', { choices: [{ finish_reason: 'error', native_finish_reason: 'MALFORMED_FUNCTION_CALL' }] }],
    ['mid-m6', { choices: [{ finish_reason: 'stop', native_finish_reason: 'network_error' }] }],
  ])('%s without a stream is a 200 that is none (pitfall 15)', async (name, body) => {
    const { status, json } = await askWhole(stage.running, `sim/${name}`);
    expect(status).toBe(200);
    expect(json).toMatchObject(body);
    if (name === 'mid-m4' || name === 'mid-m6') expect(json.choices[0]).not.toHaveProperty('error');
  });
});
