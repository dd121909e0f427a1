/** The official openai package through the gateway. */
import OpenAI from 'openai';
import { InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
let client: OpenAI;

beforeAll(async () => {
  stack = await InProcessStack.start();
  client = new OpenAI({ baseURL: `${stack.api.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => stack.stop());

const messages = [{ role: 'user' as const, content: 'Create hello.txt with "Hi"' }];
const tools: OpenAI.Chat.Completions.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'create_file',
      description: 'Creates a file',
      parameters: {
        type: 'object',
        properties: { path: { type: 'string' }, content: { type: 'string' } },
        required: ['path', 'content'],
      },
    },
  },
];

it('lists and retrieves models', async () => {
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toEqual(['orcestator']);
  expect((await client.models.retrieve('orcestator')).id).toBe('orcestator');
});

it('chats', async () => {
  const answer = await client.chat.completions.create({ model: 'orcestator', messages });
  expect(answer.choices[0]?.message.content).toContain('hello.txt');
  expect(answer.model).toBe('orcestator');
  expect(answer.usage?.total_tokens).toBeGreaterThan(0);
});

it('streams with usage', async () => {
  const stream = await client.chat.completions.create({
    model: 'orcestator',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let tokens = 0;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    tokens = chunk.usage?.total_tokens ?? tokens;
  }
  expect(text).toContain('hello.txt');
  expect(tokens).toBeGreaterThan(0);
});

it('calls a tool and uses its result, streaming', async () => {
  const first = await client.chat.completions
    .stream({ model: 'orcestator', messages, tools })
    .finalChatCompletion();
  const call = first.choices[0]?.message.tool_calls?.[0];
  expect(first.choices[0]?.finish_reason).toBe('tool_calls');
  expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toMatchObject({
    path: expect.stringContaining('hello.txt'),
  });
  const second = await client.chat.completions.create({
    model: 'orcestator',
    tools,
    messages: [
      ...messages,
      first.choices[0]!.message,
      { role: 'tool', tool_call_id: call?.id ?? '', content: 'File created' },
    ],
  });
  expect(second.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: expect.any(String) },
  });
});

it('throws our message for an error before the stream, and for one inside it', async () => {
  const ask = (model: string) => client.chat.completions.create({ model, messages, stream: true });
  await expect(ask('sim/err-429-upstream')).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining('rate-limited'),
  });
  const stream = await ask('sim/mid-m1');
  const read = async () => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toThrow('Provider disconnected');
});
