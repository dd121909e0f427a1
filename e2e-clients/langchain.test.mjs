// LangChain's ChatOpenAI.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { CREDITS, DISCONNECTED, TIMEOUT, makeMark } from './expectations.mjs';
import { startStack } from './stack.mjs';

let stack;
before(async () => (stack = await startStack()));
after(() => stack?.stop());

const chat = (model) =>
  new ChatOpenAI({ model, apiKey: 'test', maxRetries: 0, configuration: { baseURL: stack.baseUrl } });

function checkUsage({ input_tokens: asked, output_tokens: said, total_tokens: total }) {
  assert.ok(asked > 0 && said > 0);
  assert.equal(total, asked + said);
}

/** The pieces put together as LangChain does it. */
async function collect(stream) {
  let whole;
  for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk;
  return whole;
}

describe('LangChain', () => {
  test('gets a whole answer with the usage', TIMEOUT, async () => {
    const message = await chat('orcestator').invoke('Hello, whole answer');
    assert.match(message.content, /You wrote: "Hello, whole answer"/);
    checkUsage(message.usage_metadata);
  });

  test('streams the text and the usage', TIMEOUT, async () => {
    const message = await collect(await chat('orcestator').stream('Привет, поток 🐋'));
    assert.match(message.content, /Вы написали: «Привет, поток 🐋»/);
    assert.equal(message.response_metadata.finish_reason, 'stop');
    checkUsage(message.usage_metadata);
  });

  for (const way of ['invoke', 'stream']) {
    test(`runs a tool and goes on with its result (${way})`, TIMEOUT, async () => {
      const written = [];
      const write = tool((file) => `${written.push(file)} written`, {
        name: 'write_file',
        description: 'Writes',
        schema: z.object({ path: z.string(), content: z.string() }),
      });
      const model = chat('orcestator').bindTools([write]);
      const ask = async (messages) =>
        way === 'invoke' ? model.invoke(messages) : collect(await model.stream(messages));
      const messages = [new HumanMessage('Создай notes.txt с текстом "Привет 🐋"')];
      const call = await ask(messages);
      assert.equal(call.tool_calls.length, 1);
      const result = await write.invoke(call.tool_calls[0]);
      assert.ok(result instanceof ToolMessage);
      assert.deepEqual(written, [{ path: 'notes.txt', content: 'Привет 🐋' }]);
      const last = await ask([...messages, call, result]);
      assert.match(last.content, /Инструмент ответил: 1 written/);
    });
  }

  for (const [moment, model] of [
    ['the first token', 'sim/slow-first-token:30'],
    ['the end', 'sim/stall-after:5'],
  ]) {
    test(`an abort before ${moment} stops the upstream within a second`, TIMEOUT, async () => {
      const mark = makeMark();
      const controller = new AbortController();
      const reading = chat(model)
        .stream(mark, { signal: controller.signal })
        .then(collect)
        .catch((error) => error);
      await stack.begun(mark);
      const cancelled = Date.now();
      controller.abort();
      assert.match(String(await reading), /abort/i);
      assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
    });
  }

  test('an error before the stream is thrown with status and text', TIMEOUT, async () => {
    await assert.rejects(chat('sim/err-402').stream('hi').then(collect), (error) => {
      assert.equal(error.status, 502);
      assert.match(error.message, CREDITS);
      return true;
    });
  });

  test('an error inside the stream is thrown with its text, after the words before it', TIMEOUT, async () => {
    let text = '';
    const read = async () => {
      for await (const chunk of await chat('sim/mid-m1').stream('hi')) text += chunk.content;
    };
    await assert.rejects(read, DISCONNECTED);
    assert.equal(text, 'word0 word1 word2 ');
  });
});
