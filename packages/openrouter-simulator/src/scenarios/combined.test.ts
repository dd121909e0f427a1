/** Shapes put together, and what holds for all scenarios. */
import { ask, askWhole, chunksOf, contentOf, eventsOf, useSimulator } from '../testing/client';
import { scenarios } from '.';

const stage = useSimulator();
const asked = (name: string) => ask(stage.running, `sim/${name}`);

it('usage-before-finish: usage, then the finish (pitfall 43)', async () => {
  const chunks = chunksOf(await asked('usage-before-finish'));
  expect(chunks.at(-2)).toMatchObject({ usage: {}, choices: [{ finish_reason: null }] });
  expect(chunks.at(-1)?.choices?.[0]?.finish_reason).toBe('stop');
});

it('two-finishes: two different reasons (pitfall 6)', async () => {
  const reasons = chunksOf(await asked('two-finishes')).flatMap(
    ({ choices }) => choices?.[0]?.finish_reason ?? [],
  );
  expect(reasons.slice(0, 2)).toEqual(['length', 'stop']);
});

it('comment-flood: ten thousand comments before the text (pitfall 1)', async () => {
  const seen = await asked('comment-flood');
  expect(seen.text.startsWith(': OPENROUTER PROCESSING\n\n'.repeat(10_000))).toBe(true);
  expect(contentOf({ text: seen.text.slice(-5_000) })).toContain('lazy dog');
});

it('big-event: one event of 5 MB (pitfall 21)', async () => {
  const [first] = chunksOf(await asked('big-event'));
  expect(first?.choices?.[0]?.delta.content).toHaveLength(5 * 1024 * 1024);
});

it.each([
  'usage-before-finish',
  'two-finishes',
  'comment-flood',
  'done-linger',
  'close-keepalive-idle',
  'gzip',
])('%s without a stream is a sound body', async (name) => {
  const { json } = await askWhole(stage.running, `sim/${name}`);
  expect(json.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: expect.stringContaining('lazy dog') },
  });
});

/** Modifiers are tested in framing.test.ts. */
const endless = /^(comments-forever|stall-|done-linger|slow-first-token)/;
const ending = Object.keys(scenarios).filter((name) => !endless.test(name));

it.each(ending)(
  '%s never gives events to whoever wants a body, nor a JSON body to whoever wants events (pitfall 37)',
  async (name) => {
    const [stream, whole] = [
      await asked(name),
      await ask(stage.running, `sim/${name}`, { fields: { stream: false } }),
    ];
    expect(whole.headers['content-type']).not.toBe('text/event-stream');
    expect(whole.text).not.toMatch(/^data: \{/m);
    if (stream.status === 200 && name !== 'html-200')
      expect(stream.headers['content-type']).toBe('text/event-stream');
    if (stream.ending === 'end' && eventsOf(stream).includes('[DONE]'))
      expect(eventsOf(stream).at(-1)).toBe('[DONE]');
  },
);
