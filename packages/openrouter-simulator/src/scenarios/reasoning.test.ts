/** Reasoning deltas (openrouter.md §5.5), and the model that wants its details back (pitfalls 11–13). */
import {
  ask,
  askWhole,
  chunksOf,
  contentOf,
  fixed,
  HELLO,
  useSimulator,
  type Delta,
} from '../testing/client';

describe('bytes', () => {
  const stage = useSimulator(fixed(1_790_000_002, 'B'));
  it('reasoning-anthropic: text, then the signature in a detail of its own', async () => {
    const [first, , third] = (await ask(stage.running, 'sim/reasoning-anthropic')).text.split('\n\n');
    const head =
      'data: {"id":"gen-1790000002-BBBBBBBBBBBBBBBBBBBB","object":"chat.completion.chunk","created":1790000002,"model":"anthropic/claude-4.6-sonnet-20260217","provider":"Anthropic","choices":[{"index":0,"delta":{"content":"","role":"assistant","reasoning":';
    expect(first).toBe(
      `${head}"Let me ","reasoning_details":[{"type":"reasoning.text","text":"Let me ","format":"anthropic-claude-v1","index":0}]},"finish_reason":null,"native_finish_reason":null}]}`,
    );
    expect(third).toBe(
      `${head}null,"reasoning_details":[{"type":"reasoning.text","signature":"RXhhbXBsZQ==","format":"anthropic-claude-v1","index":0}]},"finish_reason":null,"native_finish_reason":null}]}`,
    );
  });
});

const stage = useSimulator();
const deltasOf = async (name: string) =>
  chunksOf(await ask(stage.running, `sim/${name}`)).map(({ choices }) => choices?.[0]?.delta);

it('the answer follows, and reasoning is counted', async () => {
  const seen = await ask(stage.running, 'sim/reasoning-anthropic');
  expect(contentOf(seen)).toBe('42');
  expect(chunksOf(seen).at(-1)?.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 4 } });
});

it.each([
  [
    'reasoning-gemini-sig-only',
    { type: 'reasoning.text', signature: 'Z2VtaW5p', format: 'google-gemini-v1', index: 0 },
  ],
  [
    'reasoning-encrypted',
    { type: 'reasoning.encrypted', data: 'ZW5jcnlwdGVk', format: 'openai-responses-v1' },
  ],
])('%s', async (name, detail) => {
  const details = (await deltasOf(name)).flatMap((delta) => delta?.reasoning_details ?? []);
  expect(details).toEqual([expect.objectContaining(detail)]);
  expect(details[0]).not.toHaveProperty('text');
  const { json } = await askWhole(stage.running, `sim/${name}`);
  expect(json.choices[0]?.message.reasoning_details).toEqual(details);
});

it('reasoning-empty: an empty list, which must come back (pitfall 12)', async () => {
  expect((await deltasOf('reasoning-empty'))[0]?.reasoning_details).toEqual([]);
});

describe('reasoning-required (pitfall 11)', () => {
  const MODEL = 'sim/reasoning-required';
  const second = (assistant: object, id: string) =>
    ask(stage.running, MODEL, {
      fields: {
        messages: [
          ...HELLO,
          { role: 'assistant', ...assistant },
          { role: 'tool', tool_call_id: id, content: 'Sunny' },
        ],
      },
    });
  const first = async () => {
    const { json } = await askWhole(stage.running, MODEL);
    const message = json.choices[0]?.message as Delta & { reasoning_details: object[] };
    return { message, id: message.tool_calls?.[0]?.id ?? '' };
  };

  it('takes the details back as they were', async () => {
    const { message, id } = await first();
    const seen = await second(message, id);
    expect([seen.status, contentOf(seen)]).toEqual([200, 'It is sunny in Oslo.']);
  });

  it('takes the fragments of a stream back as they came, and joined in another order of keys', async () => {
    const chunks = chunksOf(await ask(stage.running, MODEL));
    const details = chunks.flatMap(({ choices }) => choices?.[0]?.delta.reasoning_details ?? []);
    expect(details).toHaveLength(3);
    const { message, id } = await first();
    expect((await second({ ...message, reasoning_details: details }, id)).status).toBe(200);
    const [detail = {}] = message.reasoning_details;
    const turned = Object.fromEntries(Object.entries(detail).reverse());
    expect((await second({ ...message, reasoning_details: [turned] }, id)).status).toBe(200);
  });

  it.each([
    ['missing', () => undefined],
    ['empty', () => []],
    ['changed', ([detail]: object[]) => [{ ...detail, signature: 'x' }]],
    ['without the signature', ([detail]: object[]) => [{ ...detail, signature: undefined }]],
    ['more than there were', ([detail]: object[]) => [{ type: 'reasoning.summary', index: 0 }, detail]],
  ])('refuses them %s', async (_name, change) => {
    const { message, id } = await first();
    const seen = await second({ ...message, reasoning_details: change(message.reasoning_details) }, id);
    expect(seen.status).toBe(400);
    expect(JSON.parse(seen.text)).toMatchObject({
      error: {
        code: 400,
        message: 'Gemini models require OpenRouter reasoning details to be preserved in each request',
      },
    });
  });

  it('asks nothing of the calls of other models', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } };
    expect((await second({ content: null, tool_calls: [call] }, 'call_1')).status).toBe(200);
  });
});
