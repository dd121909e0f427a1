/** The bytes of a sound stream (openrouter.md §5). */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { startSimulator } from './start-simulator';
import {
  ask,
  askWhole,
  chunksOf,
  contentOf,
  eventsOf,
  fixed,
  immediately,
  useSimulator,
} from './testing/client';

const ID = 'gen-1790000000-AAAAAAAAAAAAAAAAAAAA';
const HEAD = `"id":"${ID}","object":"chat.completion.chunk","created":1790000000,"model":"openai/gpt-4o-mini","provider":"OpenAI"`;
const USAGE =
  '"usage":{"prompt_tokens":3,"completion_tokens":11,"total_tokens":14,"cost":0.00000705,"is_byok":false,' +
  '"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0,"audio_tokens":0,"video_tokens":0},' +
  '"cost_details":{"upstream_inference_cost":0.00000705,"upstream_inference_prompt_cost":4.5e-7,' +
  '"upstream_inference_completions_cost":0.0000066},' +
  '"completion_tokens_details":{"reasoning_tokens":0,"image_tokens":0,"audio_tokens":0}}';
const delta = (content: string, finish: string): string =>
  `"choices":[{"index":0,"delta":{"content":"${content}","role":"assistant"},"finish_reason":${finish},"native_finish_reason":${finish}}]`;
const event = (...parts: string[]): string => `data: {${[HEAD, ...parts].join(',')}}\n\n`;
const WORDS = ['The', ' quick', ' brown', ' fox', ' jumps', ' over', ' the', ' lazy', ' dog.'];
const TEXT = WORDS.map((word) => event(delta(word, 'null'))).join('');
const FINISH = event(delta('', '"stop"'));
const DONE = 'data: [DONE]\n\n';

describe('bytes', () => {
  const stage = useSimulator(fixed(1_790_000_000, 'A'));

  it('a text is one chunk a token, a finish chunk, the usage chunk in shape C, [DONE]', async () => {
    const { text, ending } = await ask(stage.running, 'sim/usage-c');
    expect(text).toBe(TEXT + FINISH + event('"service_tier":"default"', delta('', '"stop"'), USAGE) + DONE);
    expect(ending).toBe('end');
  });

  it.each([
    ['usage-a', event(delta('', 'null'), USAGE)],
    ['usage-b (pitfall 5)', event('"choices":[]', USAGE)],
    ['usage-none', ''],
  ])('%s', async (name, usage) => {
    const { text } = await ask(stage.running, `sim/${name.split(' ')[0]}`);
    expect(text).toBe(TEXT + FINISH + usage + DONE);
  });

  it('the head is that of an event stream behind Cloudflare', async () => {
    const { status, headers } = await ask(stage.running, 'sim/ok');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/event-stream',
      'no-cache',
    ]);
    expect(headers).toMatchObject({
      'x-generation-id': ID,
      'transfer-encoding': 'chunked',
      connection: 'keep-alive',
      server: 'cloudflare',
      'access-control-allow-origin': '*',
      'set-cookie': [expect.stringContaining('__cf_bm=')],
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });

  it('a tool call opens with its id and name, then come fragments of its arguments', async () => {
    const [first, second, third] = eventsOf(await ask(stage.running, 'sim/tools'));
    const choices = (call: string): string =>
      `{${HEAD},"choices":[{"index":0,"delta":{"content":null,"role":"assistant","tool_calls":[${call}]},"finish_reason":null,"native_finish_reason":null}]}`;
    expect(first).toBe(
      choices(
        '{"index":0,"id":"call_AAAAAAAA1","type":"function","function":{"name":"get_weather","arguments":""}}',
      ),
    );
    expect(second).toBe(choices(String.raw`{"index":0,"function":{"arguments":"{\"city\":"}}`));
    expect(third).toBe(choices(String.raw`{"index":0,"function":{"arguments":"\"Oslo\"}"}}`));
  });

  it('without a stream the same is one body', async () => {
    const { json, headers } = await askWhole(stage.running, 'sim/tools');
    expect(headers['content-type']).toBe('application/json');
    expect(Object.keys(json)).toEqual([
      ...[
        'id',
        'object',
        'created',
        'model',
        'provider',
        'system_fingerprint',
        'service_tier',
        'choices',
        'usage',
      ],
    ]);
    expect(json.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        refusal: null,
        tool_calls: [{ index: 0, id: 'call_AAAAAAAA1', type: 'function' }],
      },
    });
  });
});

describe('sound scenarios', () => {
  const stage = useSimulator();

  it.each(['ok', 'ok-fast'])(
    "%s brings the user's words back, with no comment when none are set",
    async (name) => {
      const seen = await ask(stage.running, `sim/${name}`);
      expect(contentOf(seen)).toContain('Say hello!');
      expect(seen.text).not.toContain(': OPENROUTER');
      expect(chunksOf(seen).at(-1)?.usage?.completion_tokens).toBeGreaterThan(5);
    },
  );

  it('utf8 has characters of two, three and four bytes', async () => {
    const text = contentOf(await ask(stage.running, 'sim/utf8'));
    for (const part of ['Привет', '你好', '🐋', '\u2028']) expect(text).toContain(part);
  });

  it('model-dated answers under the canonical slug (pitfall 22)', async () => {
    const [chunk] = chunksOf(await ask(stage.running, 'sim/model-dated'));
    expect(chunk?.model).toBe('anthropic/claude-4.6-sonnet-20260217');
  });

  it('text:<n> has n tokens, streamed or not', async () => {
    expect(chunksOf(await ask(stage.running, 'sim/text:7'))).toHaveLength(9);
    expect((await askWhole(stage.running, 'sim/text:7')).json.choices[0]?.message.content).toBe(
      'word '.repeat(7),
    );
  });
});

it('text:<n> minds no delay, and stops while the client does not read', async () => {
  const running = await startSimulator({ ...immediately, tokenDelay: 60_000 });
  const answer = await fetch(`${running.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify({
      model: 'sim/text:300000',
      stream: true,
      messages: [{ role: 'user', content: 'go' }],
    }),
  });
  const { requests } = running.simulator;
  let last = -1;
  await eventually(() => {
    const sent = requests[0]?.bytesSent ?? 0;
    const isStill = sent > 0 && sent === last;
    last = sent;
    return isStill;
  });
  expect(last).toBeLessThan(30_000_000);
  await answer.body?.cancel();
  await eventually(() => requests[0]?.outcome === 'cancelled');
  await running.close();
});

it('comments come at 0.5 s and then every 0.75 s until the first token', async () => {
  const clock = createManualClock();
  const running = await startSimulator({ firstTokenDelay: 1_500, tokenDelay: 0, clock });
  const answer = ask(running, 'sim/usage-none');
  await eventually(() => clock.pending() === 1);
  await clock.advance(499);
  expect(running.simulator.requests[0]?.bytesSent).toBe(0);
  await clock.advance(1);
  expect(running.simulator.requests[0]?.bytesSent).toBe(': OPENROUTER PROCESSING\n\n'.length);
  await clock.advance(1_000);
  const { text } = await answer;
  expect(text.startsWith(': OPENROUTER PROCESSING\n\n'.repeat(2) + 'data: ')).toBe(true);
  await running.close();
});
