// Vercel's AI SDK through its provider for OpenAI-compatible servers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { CREDITS, DISCONNECTED, TIMEOUT, makeMark } from './expectations.mjs';
import { startStack } from './stack.mjs';

let stack;
before(async () => (stack = await startStack()));
after(() => stack?.stop());

const modelOf = (id) =>
  createOpenAICompatible({
    name: 'orcestator',
    baseURL: stack.baseUrl,
    apiKey: 'test',
    includeUsage: true,
  })(id);

/** All parts of a stream; errors come as parts, not as exceptions. */
async function partsOf(id, prompt, more = {}) {
  const errors = [];
  const onError = ({ error }) => void errors.push(error);
  const result = streamText({ model: modelOf(id), prompt, maxRetries: 0, onError, ...more });
  const parts = [];
  for await (const part of result.fullStream) parts.push(part);
  const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
  return { parts, text, errors, finish: parts.find(({ type }) => type === 'finish') };
}

describe('Vercel AI SDK', () => {
  test('gets a whole answer', TIMEOUT, async () => {
    const { text, usage } = await generateText({
      model: modelOf('orcestator'),
      prompt: 'Hello, whole answer',
    });
    assert.match(text, /You wrote: "Hello, whole answer"/);
    assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens);
  });

  test('streams the text and the usage', TIMEOUT, async () => {
    const { text, errors, finish } = await partsOf('orcestator', 'Привет, поток 🐋');
    assert.deepEqual(errors, []);
    assert.match(text, /Вы написали: «Привет, поток 🐋»/);
    assert.equal(finish.finishReason, 'stop');
    const { inputTokens, outputTokens, totalTokens } = finish.totalUsage;
    assert.ok(inputTokens > 0 && outputTokens > 0);
    assert.equal(totalTokens, inputTokens + outputTokens);
  });

  test('runs two tools called in parallel and goes on with their results', TIMEOUT, async () => {
    const written = [];
    const write_file = tool({
      description: 'Writes',
      inputSchema: z.object({ path: z.string(), content: z.string() }),
      execute: (file) => `${written.push(file)} written`,
    });
    const more = { tools: { write_file }, stopWhen: stepCountIs(3) };
    const { parts, text } = await partsOf('orcestator', 'Create two files: notes.txt with "Привет 🐋"', more);
    assert.deepEqual(written, [
      { path: 'notes.txt', content: 'Привет 🐋' },
      { path: 'notes-2.txt', content: 'Привет 🐋' },
    ]);
    assert.equal(parts.filter(({ type }) => type === 'tool-result').length, 2);
    assert.match(text, /Инструмент ответил: 2 written/);
  });

  test('keeps reasoning apart from the text', TIMEOUT, async () => {
    const { parts, text } = await partsOf('sim/reasoning-anthropic', 'hi');
    const reasoning = parts.map((part) => (part.type === 'reasoning-delta' ? part.text : '')).join('');
    assert.deepEqual([reasoning, text], ['Let me think.', '42']);
  });

  test('goes on after a tool with a model that wants its reasoning back', TIMEOUT, async () => {
    const inputSchema = z.object({ city: z.string() });
    const get_weather = tool({ description: 'Weather', inputSchema, execute: () => 'sunny' });
    const more = { tools: { get_weather }, stopWhen: stepCountIs(3) };
    const { text, errors } = await partsOf('sim/reasoning-required', 'hi', more);
    assert.deepEqual(errors, []);
    assert.equal(text, 'It is sunny in Oslo.');
  });

  for (const [moment, id] of [
    ['the first token', 'sim/slow-first-token:30'],
    ['the end', 'sim/stall-after:5'],
  ]) {
    test(`an abort before ${moment} stops the upstream within a second`, TIMEOUT, async () => {
      const mark = makeMark();
      const controller = new AbortController();
      const reading = partsOf(id, mark, { abortSignal: controller.signal });
      await stack.begun(mark);
      const cancelled = Date.now();
      controller.abort();
      assert.ok((await reading).parts.some(({ type }) => type === 'abort'));
      assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
    });
  }

  test('an error before the stream arrives with status and text', TIMEOUT, async () => {
    const { errors } = await partsOf('sim/err-402', 'hi');
    assert.equal(errors.length, 1);
    assert.equal(errors[0].statusCode, 502);
    assert.match(errors[0].message, CREDITS);
  });

  test('an error inside the stream arrives with its text, after the words before it', TIMEOUT, async () => {
    const { text, errors, finish } = await partsOf('sim/mid-m1', 'hi');
    assert.equal(text, 'word0 word1 word2 ');
    assert.equal(errors.length, 1);
    assert.match(errors[0].message ?? String(errors[0]), DISCONNECTED);
    assert.equal(finish.rawFinishReason, 'error');
  });
});
