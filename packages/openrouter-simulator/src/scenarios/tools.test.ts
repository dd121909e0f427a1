/** Tool calls in every shape (openrouter.md §5.4, pitfalls 8–10, 41). */
import { argumentsOf, ask, askWhole, chunksOf, useSimulator } from '../testing/client';

const stage = useSimulator();
const asked = (name: string) => ask(stage.running, `sim/${name}`);
const fragmentsOf = async (name: string) =>
  chunksOf(await asked(name)).flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? []);
const finishes = async (name: string) =>
  chunksOf(await asked(name)).flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);

it('tools: one call, natively "completed"', async () => {
  const seen = await asked('tools');
  expect(argumentsOf(seen)).toEqual(['{"city":"Oslo"}']);
  expect(chunksOf(seen).at(-1)?.choices?.[0]).toMatchObject({
    finish_reason: 'tool_calls',
    native_finish_reason: 'completed',
  });
});

it.each([
  ['tools-parallel-interleaved', ['Oslo', 'Bergen']],
  ['tools-parallel-10', Array.from({ length: 10 }, (_, at) => `City ${at}`)],
])('%s deals the fragments out in turns (pitfall 8)', async (name, cities) => {
  const fragments = await fragmentsOf(name);
  const indexes = fragments.map(({ index }) => index);
  expect(indexes.slice(cities.length, cities.length * 2)).toEqual([...cities.keys()]);
  expect(indexes.slice(cities.length * 2)[0]).toBe(0);
  expect(new Set(fragments.flatMap(({ id }) => id ?? [])).size).toBe(cities.length);
  expect(argumentsOf(await asked(name)).map((text) => JSON.parse(text) as object)).toEqual(
    cities.map((city) => ({ city })),
  );
});

it('tools-no-args: the call has no arguments at all (pitfall 9)', async () => {
  const [call, ...more] = await fragmentsOf('tools-no-args');
  expect(call?.function).toEqual({ name: 'get_time' });
  expect(more).toEqual([]);
});

it('tools-finish-stop: the finish hides the call (pitfall 9)', async () => {
  expect(await finishes('tools-finish-stop')).toEqual(['stop', 'stop']);
  expect(argumentsOf(await asked('tools-finish-stop'))).toEqual(['{"city":"Oslo"}']);
});

it('tools-no-index: fragments say neither whose they are (pitfall 8)', async () => {
  const fragments = await fragmentsOf('tools-no-index');
  expect(fragments).toHaveLength(4);
  for (const fragment of fragments) expect(fragment).not.toHaveProperty('index');
});

it('tools-then-space: a blank text after the call (pitfall 9)', async () => {
  const contents = chunksOf(await asked('tools-then-space')).map(
    ({ choices }) => choices?.[0]?.delta.content,
  );
  expect(contents.indexOf('\n\n')).toBeGreaterThan(contents.indexOf(null));
});

it('tools-big-args: 200 kB in fragments', async () => {
  const seen = await asked('tools-big-args');
  const [text = ''] = argumentsOf(seen);
  expect((JSON.parse(text) as { content: string }).content).toHaveLength(200_000);
  expect(chunksOf(seen).length).toBeGreaterThan(300);
});

it('emoji-args: four-byte characters, none torn between fragments (pitfall 20)', async () => {
  const seen = await asked('emoji-args');
  expect(JSON.parse(argumentsOf(seen)[0] ?? '')).toEqual({ content: '🐋🧭👩‍👩‍👧 Привет' });
  expect(seen.text).not.toContain(String.raw`\ud83`);
  expect(seen.text).toContain('🐋');
});

it('tools-then-error: the call is broken off (pitfall 10)', async () => {
  const seen = await asked('tools-then-error');
  expect(argumentsOf(seen)).toEqual(['{"city":']);
  expect(chunksOf(seen).at(-1)).toMatchObject({
    error: { code: 502 },
    choices: [{ finish_reason: 'error' }],
  });
  expect(stage.running.simulator.requests[0]?.outcome).toBe('error');
});

it('mixed-delta: text beside a call, and an empty list (pitfall 41)', async () => {
  const [first, second] = chunksOf(await asked('mixed-delta')).map(({ choices }) => choices?.[0]?.delta);
  expect(first).toMatchObject({ content: 'Look: ', tool_calls: [] });
  expect(second).toMatchObject({
    content: 'now',
    tool_calls: [{ index: 0, function: { name: 'get_time' } }],
  });
});

it.each(['tools', 'tools-parallel-10', 'tools-no-args', 'tools-big-args', 'emoji-args'])(
  '%s without a stream is a sound call',
  async (name) => {
    const { json } = await askWhole(stage.running, `sim/${name}`);
    expect(json.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: expect.any(Array) },
    });
  },
);
