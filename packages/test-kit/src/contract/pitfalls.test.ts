/** Pitfalls that no scenario of the simulator shows by itself: an upstream with a script of its own, and requests. */
import type { RequestListener } from 'node:http';
import type { Listening } from '@orcestator/service-kit';
import { eventually, startApp } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';
import { ask, askStream } from './hold-to-contract';

let stack: InProcessStack;
let upstream: Listening | undefined;
afterEach(async () => {
  await stack.stop();
  await upstream?.close();
  upstream = undefined;
});

const chunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({ id: 'gen-1', created: 1, choices: [{ index: 0, delta, finish_reason: finish }] });
const event = (data: string) => `data: ${data}\n\n`;
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const end = event(chunk({}, 'stop')) + event(JSON.stringify({ choices: [], usage })) + event('[DONE]');

/** The stack before an upstream that answers every request with these bytes. */
async function startBefore(bytes: string): Promise<void> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(bytes);
  };
  upstream = await startApp(listener);
  stack = await InProcessStack.start({ env: { OR_BASE_URL: upstream.url, OR_MAX_RETRIES: '0' } });
}

it.each([
  ['pitfall 2: a comment that somebody wrapped in data:', event(': OPENROUTER PROCESSING')],
  ['pitfall 3: an id, an event name and a comment with a blank line', 'id: 1\nevent: x\n: hi\n\n'],
  ['pitfall 38: events of other interfaces', event('{"type":"response.keep_alive"}') + 'event: ping\n\n'],
  ['pitfall 43: empty choices before and between', event('{"choices":[],"debug":{"echo":{}}}')],
  ['pitfall 44: null, an empty payload, no choices', event('null') + event('') + event('{"choices":null}')],
  ['pitfall 44: an empty finish_reason, a delta without content', event(chunk({}, ''))],
  ['pitfall 41: an empty tool_calls', event(chunk({ content: '', tool_calls: [] }))],
])('%s changes nothing', async (_pitfall, oddity) => {
  const text = oddity + event(chunk({ role: 'assistant', content: 'Hel' })) + oddity;
  await startBefore(text + event(chunk({ content: 'lo' })) + oddity + end);
  expect(await askStream(stack, 'any')).toMatchObject({ text: 'Hello', finish: 'stop', usage });
});

it('pitfall 13: reasoning is told once, under the name it came with', async () => {
  await startBefore(event(chunk({ reasoning: 'Hm.' })) + event(chunk({ content: 'Hello' })) + end);
  expect(await askStream(stack, 'any')).toMatchObject({ reasoning: 'Hm.', text: 'Hello' });
});

describe('before the simulator', () => {
  beforeEach(async () => {
    stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
  });
  const lastBody = () => JSON.parse(stack.simulator.simulator.requests.at(-1)?.body ?? '') as object;

  it('pitfall 35: the limit of one model keeps no request of another one away', async () => {
    for (let at = 0; at < 10; at += 1) expect((await ask(stack, 'err-429-upstream')).status).toBe(429);
    expect((await ask(stack, 'ok')).status).toBe(200);
    expect(stack.simulator.simulator.requests).toHaveLength(11);
  });

  it('pitfall 39: an answer that breaks off is no success in the metrics', async () => {
    await ask(stack, 'mid-m7', { stream: true });
    await eventually(async () => {
      const page = await (await fetch(`${stack.worker.url}/metrics`)).text();
      return (
        /requests_total{outcome="error",.*} 1/.test(page) &&
        !/requests_total{outcome="ok",.*} [1-9]/.test(page)
      );
    });
  });

  it('pitfall 19: a proxy before the client is told to change and hold back nothing of a stream', async () => {
    const { headers, body } = await stack.chat({ model: 'sim/ok', stream: true });
    await body?.cancel();
    expect([headers.get('cache-control'), headers.get('x-accel-buffering')]).toEqual([
      'no-cache, no-transform',
      'no',
    ]);
    expect(headers.get('content-encoding')).toBeNull();
  });

  it('pitfall 40: max_tokens is neither added nor changed', async () => {
    await ask(stack, 'ok');
    expect(lastBody()).not.toHaveProperty('max_tokens');
    await ask(stack, 'ok', { max_tokens: 7 });
    expect(lastBody()).toHaveProperty('max_tokens', 7);
  });

  it('pitfalls 31 and 36: what the client says goes on as it is, content null and empty too', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const fields = {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'done' },
        { role: 'assistant', content: '', tool_calls: [{ ...call, id: 'call_2' }] },
        { role: 'tool', tool_call_id: 'call_2', content: 'done' },
      ],
      provider: { order: ['acme'] },
      prompt_cache_key: 'k',
      something_new: { a: [1] },
    };
    await ask(stack, 'ok', fields);
    expect(lastBody()).toMatchObject(fields);
  });

  it('pitfall 45: ids go on as they are, openrouter/ too', async () => {
    for (const model of ['openrouter/auto', 'vendor/model:free']) {
      expect((await stack.chat({ model })).status).toBe(200);
      expect(lastBody()).toHaveProperty('model', model);
    }
  });
});

it('pitfall 33: a Cyrillic title of the application does no harm', async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0', OR_APP_TITLE: 'Оркестратор 1' } });
  expect((await ask(stack, 'ok')).status).toBe(200);
  expect(stack.simulator.simulator.requests[0]?.headers['x-openrouter-title']).toMatch(/^[\x20-\x7e]*$/);
});
