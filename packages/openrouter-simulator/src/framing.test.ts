/** Modifiers: how the bytes of any answer are cut and framed (pitfalls 20, 21). */
import { ask, askWhole, eventsOf, fixed, useSimulator } from './testing/client';

const stage = useSimulator(fixed(1_790_000_000, 'A'));
const plain = (model: string) => ask(stage.running, model);

it.each([1, 3, 7])(
  '+chop:%i writes pieces of that size, through characters too (pitfall 20)',
  async (size) => {
    const { text } = await plain('sim/utf8');
    const chopped = await plain(`sim/utf8+chop:${size}`);
    expect(chopped.text).toBe(text);
    expect(Math.max(...chopped.pieces.map(({ length }) => length))).toBe(size);
    if (size === 1) expect(chopped.pieces).toHaveLength(Buffer.byteLength(text));
  },
);

it('+merge-all sends everything in one write (pitfall 21)', async () => {
  const { text, pieces } = await plain('sim/utf8');
  const merged = await plain('sim/utf8+merge-all');
  expect([merged.text, merged.pieces.length]).toEqual([text, 1]);
  expect(pieces.length).toBeGreaterThan(5);
});

it('+crlf ends every line with CRLF', async () => {
  const { text } = await plain('sim/utf8');
  expect((await plain('sim/utf8+crlf')).text).toBe(text.replaceAll('\n', '\r\n'));
});

it('+no-space-data leaves the space out, before [DONE] too', async () => {
  const { text } = await plain('sim/utf8');
  expect((await plain('sim/utf8+no-space-data')).text).toBe(text.replaceAll('data: ', 'data:'));
});

it('modifiers can be put together, and on ordinary ids', async () => {
  const { text } = await plain('openai/gpt-4o');
  const seen = await plain('openai/gpt-4o+crlf+no-space-data+chop:2');
  expect(seen.text).toBe(text.replaceAll('data: ', 'data:').replaceAll('\n', '\r\n'));
  expect(Math.max(...seen.pieces.map(({ length }) => length))).toBe(2);
});

it.each(['chop:50', 'crlf', 'merge-all', 'no-space-data'])(
  'sim/%s is an ordinary answer with it',
  async (name) => {
    expect((await plain(`sim/${name}`)).text).toBe((await plain(`sim/ok+${name}`)).text);
  },
);

it('a body is chopped as well', async () => {
  const { json, pieces } = await askWhole(stage.running, 'sim/ok+chop:4');
  expect(json.choices[0]?.finish_reason).toBe('stop');
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(4);
});

it('emoji-args survives being cut at each byte (pitfall 20)', async () => {
  const { text } = await plain('sim/emoji-args');
  const chopped = await plain('sim/emoji-args+chop:1');
  expect(chopped.text).toBe(text);
  expect(eventsOf(chopped).length).toBeGreaterThan(4);
});

it('an unknown modifier is an unknown model', async () => {
  expect((await plain('sim/ok+nothing')).status).toBe(400);
});
