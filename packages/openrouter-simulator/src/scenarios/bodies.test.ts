/** Bodies that are not what they seem (openrouter.md §4, §6.7). */
import { gunzipSync } from 'node:zlib';
import { ask, askWhole, chunksOf, contentOf, eventsOf, useSimulator } from '../testing/client';

const stage = useSimulator();
const whole = (name: string) => ask(stage.running, `sim/${name}`, { fields: { stream: false } });
const PADDING = ' \n'.repeat(5);
const COMMENTS = ': OPENROUTER PROCESSING\n\n'.repeat(5);

describe('without a stream', () => {
  it('ns-pad writes white space, then the body (pitfall 28)', async () => {
    const { text, status } = await whole('ns-pad');
    expect([status, text.slice(0, 10)]).toEqual([200, PADDING]);
    expect(JSON.parse(text)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('ns-pad-then-error commits 200 and then fails', async () => {
    const { text, status } = await whole('ns-pad-then-error');
    expect([status, text.startsWith(PADDING)]).toEqual([200, true]);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 502 } });
    expect(stage.running.simulator.requests[0]?.outcome).toBe('error');
  });

  it('ns-pad-only has nothing but white space', async () => {
    expect((await whole('ns-pad-only')).text).toBe(PADDING);
  });

  it.each([
    ['ns-error-200', { error: { code: 502, message: 'Provider returned error' } }],
    ['ns-choices-empty', { object: 'chat.completion', choices: [] }],
    ['ns-choice-error', { choices: [{ finish_reason: 'error', error: { code: 502 } }] }],
  ])('%s is a 200 that is none (pitfall 15)', async (name, body) => {
    const { status, json } = await askWhole(stage.running, `sim/${name}`);
    expect(status).toBe(200);
    expect(json).toMatchObject(body);
    expect(stage.running.simulator.requests[0]?.outcome).toBe('error');
  });
});

describe('the nearest shape in a stream', () => {
  const streamed = (name: string) => ask(stage.running, `sim/${name}`);

  it('ns-pad: comments, then an answer', async () => {
    const seen = await streamed('ns-pad');
    expect(seen.text.startsWith(`${COMMENTS}data: `)).toBe(true);
    expect(chunksOf(seen).at(-1)?.choices?.[0]?.finish_reason).toBe('stop');
  });

  it('ns-pad-then-error: comments, then M2', async () => {
    const seen = await streamed('ns-pad-then-error');
    expect(seen.text.startsWith(COMMENTS)).toBe(true);
    expect(chunksOf(seen)).toMatchObject([{ choices: [], error: { code: 502 } }]);
  });

  it('ns-pad-only: comments only', async () => {
    expect(await streamed('ns-pad-only')).toMatchObject({ text: COMMENTS, ending: 'end' });
  });

  it.each([
    ['ns-error-200', { error: { code: 502 } }],
    ['ns-choices-empty', { object: 'chat.completion.chunk', choices: [] }],
  ])('%s: the same in one event', async (name, event) => {
    const seen = await streamed(name);
    expect(chunksOf(seen)).toMatchObject([event]);
    expect(eventsOf(seen).at(-1)).toBe('[DONE]');
  });

  it('ns-choice-error: M1', async () => {
    expect(chunksOf(await streamed('ns-choice-error')).at(-1)).toMatchObject({
      error: { code: 502 },
      choices: [{ finish_reason: 'error' }],
    });
  });
});

it.each([
  ['html-200', 200, 'A unified interface'],
  ['html-502', 502, '502: Bad gateway'],
])('%s is a page (pitfall 14)', async (name, status, words) => {
  for (const seen of [await ask(stage.running, `sim/${name}`), await whole(name)]) {
    expect([seen.status, seen.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(seen.text).toContain(words);
  }
});

describe('gzip (pitfall 19)', () => {
  const accepting = (encodings: string) =>
    ask(stage.running, 'sim/gzip', { headers: { 'accept-encoding': encodings } });

  it('compresses for whoever accepts it, and flushes at the end', async () => {
    const { headers, pieces } = await accepting('gzip, deflate');
    expect(headers['content-encoding']).toBe('gzip');
    const text = gunzipSync(Buffer.concat(pieces)).toString();
    expect(contentOf({ text })).toContain('lazy dog');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(stage.running.simulator.requests[0]?.outcome).toBe('completed');
  });

  it('leaves everyone else alone', async () => {
    const seen = await accepting('identity');
    expect(seen.headers['content-encoding']).toBeUndefined();
    expect(contentOf(seen)).toContain('lazy dog');
  });
});
