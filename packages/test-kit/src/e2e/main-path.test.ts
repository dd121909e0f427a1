/** A request through all three services to the simulator and back. */
import { readFileSync } from 'node:fs';
import { eventually } from '@orcestator/service-kit/testing';
import { immediately, InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
afterEach(() => stack.stop());

const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));

interface Chunk {
  model: string;
  choices: { delta: { content?: string; role?: string }; finish_reason: string | null }[];
  usage?: object;
}
const chunksOf = (text: string) =>
  eventsOf(text)
    .slice(0, -1)
    .map((event) => JSON.parse(event) as Chunk);

describe('with everything running', () => {
  beforeEach(async () => {
    stack = await InProcessStack.start();
  });

  it('streams, and reads the model orcestator in every chunk', async () => {
    const answer = await stack.chat({ stream: true, stream_options: { include_usage: true } });
    const text = await answer.text();
    const chunks = chunksOf(text);
    expect(answer.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o');
    expect(chunks.map((chunk) => chunk.model)).toEqual(chunks.map(() => 'orcestator'));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toContain('Say hello');
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason)).toHaveLength(1);
    expect(chunks.at(-1)?.usage).toMatchObject({
      prompt_tokens: expect.any(Number),
      total_tokens: expect.any(Number),
    });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('answers in one body', async () => {
    expect(await (await stack.chat()).json()).toMatchObject({
      object: 'chat.completion',
      model: 'orcestator',
      choices: [{ finish_reason: 'stop' }],
    });
  });

  it('passes any OpenRouter id on, and knows no others', async () => {
    for (const model of [
      'anthropic/claude-sonnet-4.5',
      '~author/family-latest',
      'vendor/model:free',
      '@preset/x',
    ]) {
      expect([model, (await stack.chat({ model })).status]).toEqual([model, 200]);
    }
    expect(stack.simulator.simulator.requests.map((request) => request.model)).toContain(
      '~author/family-latest',
    );
    expect((await stack.chat({ model: 'gpt-9' })).status).toBe(404);
    const refused = await stack.chat({ model: 'acme/nope' });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('not a valid model ID'),
    ]);
  });

  it("sends our key upstream and nothing of the client's", async () => {
    await (await stack.chat({}, { headers: { authorization: 'Bearer of-the-client' } })).text();
    expect(JSON.stringify(stack.simulator.simulator.requests[0])).not.toContain('of-the-client');
  });

  it('writes the row before the answer ends', async () => {
    await (await stack.chat({ stream: true })).text();
    const lines = readFileSync(stack.logFile, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]?.split('\t')).toEqual([
      expect.any(String),
      'Say hello',
      expect.stringContaining('Say hello'),
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
    ]);
  });

  it('lists models without emptying or blocking anything: 50 lists beside a chat', async () => {
    const lists = Array.from(
      { length: 50 },
      async () => (await (await fetch(`${stack.api.url}/v1/models`)).json()) as { data: { id: string }[] },
    );
    const chat = stack.chat();
    for (const list of await Promise.all(lists))
      expect(list.data.map(({ id }) => id)).toEqual(['orcestator']);
    expect((await chat).status).toBe(200);
  });

  it('a worker that signs off is asked no more, and one that comes back is', async () => {
    await stack.worker.stop();
    const answer = await stack.chat();
    expect([answer.status, ((await answer.json()) as { code: number }).code]).toEqual([503, 50005]);
    stack.worker = await stack.startWorker();
    await eventually(async () => (await stack.chat()).status === 200);
  });

  it('adds another upstream as a worker: OR_BASE_URL and --model-names', async () => {
    const llama = await stack.startWorker({
      OR_MODEL_NAMES: 'vendor/llama3',
      OR_DEFAULT_MODEL: 'vendor/other',
    });
    await eventually(async () =>
      (await (await fetch(`${stack.api.url}/v1/models`)).text()).includes('llama3'),
    );
    expect(await (await stack.chat({ model: 'vendor/llama3' })).json()).toMatchObject({
      model: 'orcestator',
    });
    expect(stack.simulator.simulator.requests.at(-1)?.model).toBe('vendor/llama3');
    await llama.stop();
  });
});

/** The shortest of three measurements: a busy machine only ever adds. */
async function shortest(measure: () => Promise<number>): Promise<number> {
  const times = [];
  for (let at = 0; at < 3; at += 1) times.push(await measure());
  return Math.min(...times);
}

describe('cancellation', () => {
  it.each([true, false])(
    'reaches the upstream within 100 ms through both hops, stream %s',
    async (stream) => {
      stack = await InProcessStack.start({ simulator: { ...immediately, tokenDelay: 50 } });
      const { requests } = stack.simulator.simulator;
      const cancel = async (): Promise<number> => {
        const abort = new AbortController();
        const count = requests.length;
        const answer = stack.chat({ stream }, { signal: abort.signal });
        if (stream) await (await answer).body?.getReader().read();
        else await eventually(() => requests.length > count);
        const start = Date.now();
        abort.abort();
        await answer.catch(() => undefined);
        await eventually(() => requests.at(-1)?.outcome === 'cancelled');
        return Date.now() - start;
      };
      expect(await shortest(cancel)).toBeLessThan(100);
      expect(requests).toHaveLength(3);
    },
  );
});

it('no hop buffers: the first chunk is here within 50 ms of its sending', async () => {
  stack = await InProcessStack.start({ simulator: { ...immediately, tokenDelay: 20 } });
  const { requests } = stack.simulator.simulator;
  const firstChunk = async (): Promise<number> => {
    const answer = await stack.chat({ stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    const delay = Date.now() - (requests.at(-1)?.firstByteAt ?? 0);
    await reader?.cancel();
    return delay;
  };
  expect(await shortest(firstChunk)).toBeLessThan(50);
});
