// OpenAI's own SDK, the current major version and the one that older tools still carry.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import OpenAI from 'openai';
import OpenAI4 from 'openai-v4';
import { CREDITS, DISCONNECTED, TIMEOUT, makeMark } from './expectations.mjs';
import { startStack } from './stack.mjs';

let stack;
before(async () => (stack = await startStack()));
after(() => stack?.stop());

const versions = [
  { name: 'openai 6', SDK: OpenAI, toolRunner: (client) => client.chat.completions },
  { name: 'openai 4', SDK: OpenAI4, toolRunner: (client) => client.beta.chat.completions },
];

const ask = (model, content, more = {}) => ({ model, messages: [{ role: 'user', content }], ...more });
const inStream = { stream: true };

for (const { name, SDK, toolRunner } of versions) {
  describe(name, () => {
    // Retries would only repeat what each test asks once.
    const connect = () => new SDK({ baseURL: stack.baseUrl, apiKey: 'test', maxRetries: 0 });

    test('lists the models', TIMEOUT, async () => {
      const ids = [];
      for await (const model of connect().models.list()) ids.push(model.id);
      assert.ok(ids.includes('orcestator'), `the models are ${ids}`);
    });

    test('gets a whole answer', TIMEOUT, async () => {
      const answer = await connect().chat.completions.create(ask('orcestator', 'Hello, whole answer'));
      assert.match(answer.choices[0].message.content, /You wrote: "Hello, whole answer"/);
      assert.equal(answer.choices[0].finish_reason, 'stop');
      assert.equal(answer.model, 'orcestator');
    });

    test('streams the text and ends with the usage', TIMEOUT, async () => {
      const body = ask('orcestator', 'Привет, поток 🐋', {
        ...inStream,
        stream_options: { include_usage: true },
      });
      const chunks = [];
      for await (const chunk of await connect().chat.completions.create(body)) chunks.push(chunk);
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
      assert.match(text, /Вы написали: «Привет, поток 🐋»/);
      assert.deepEqual(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean), ['stop']);
      assert.ok(chunks.every(({ model }) => model === 'orcestator'));
      const usages = chunks.map(({ usage }) => usage).filter(Boolean);
      assert.equal(usages.length, 1);
      const [{ prompt_tokens: asked, completion_tokens: said, total_tokens: total }] = usages;
      assert.ok(asked > 0 && said > 0);
      assert.equal(total, asked + said);
    });

    test('runs a tool and gives its result back', TIMEOUT, async () => {
      const written = [];
      const write = (args) => `${written.push(args)} file is written`;
      const parameters = {
        type: 'object',
        properties: { path: { type: 'string' }, content: { type: 'string' } },
        required: ['path', 'content'],
      };
      const definition = {
        name: 'write_file',
        description: 'Writes',
        parameters,
        parse: JSON.parse,
        function: write,
      };
      const body = ask('orcestator', 'Create notes.txt with "Привет, файл 🐋"', {
        ...inStream,
        tools: [{ type: 'function', function: definition }],
      });
      const runner = toolRunner(connect()).runTools(body);
      assert.match(await runner.finalContent(), /1 file is written/);
      assert.deepEqual(written, [{ path: 'notes.txt', content: 'Привет, файл 🐋' }]);
    });

    for (const [moment, model] of [
      ['the first token', 'sim/slow-first-token:30'],
      ['the end', 'sim/stall-after:5'],
    ]) {
      test(`an abort before ${moment} stops the upstream within a second`, TIMEOUT, async () => {
        const mark = makeMark();
        const controller = new AbortController();
        const reading = (async () => {
          const options = { signal: controller.signal };
          const stream = await connect().chat.completions.create(ask(model, mark, inStream), options);
          for await (const chunk of stream) if (chunk.choices[0]?.delta.content?.includes('word4')) cancel();
        })().catch((error) => error);
        let cancelled;
        const cancel = () => {
          cancelled = Date.now();
          controller.abort();
        };
        await stack.begun(mark);
        if (model.includes('slow')) cancel();
        const error = await reading;
        // Before the head the SDK throws; inside the stream it just ends.
        assert.ok(error === undefined || error instanceof SDK.APIUserAbortError, String(error));
        assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
      });
    }

    test('an abort of a whole answer stops the upstream within a second', TIMEOUT, async () => {
      const mark = makeMark();
      const controller = new AbortController();
      const options = { signal: controller.signal };
      const answer = connect().chat.completions.create(ask('sim/slow-first-token:30', mark), options);
      const refused = assert.rejects(answer, SDK.APIUserAbortError);
      await stack.begun(mark);
      const cancelled = Date.now();
      controller.abort();
      await refused;
      assert.ok((await stack.cancelledAfter(mark, cancelled)) < 1_000);
    });

    test('leaving the loop stops the upstream within a second', TIMEOUT, async () => {
      const mark = makeMark();
      const stream = await connect().chat.completions.create(ask('sim/stall-after:5', mark, inStream));
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content?.includes('word4')) break;
      const left = Date.now();
      assert.ok((await stack.cancelledAfter(mark, left)) < 1_000);
    });

    const refusals = [
      ['sim/err-402', SDK.InternalServerError, 502, 'upstream_insufficient_credits', CREDITS],
      [
        'sim/err-400-context',
        SDK.BadRequestError,
        400,
        'context_length_exceeded',
        /maximum context length is 131072/,
      ],
      ['sim/err-429-free-day', SDK.RateLimitError, 429, 'insufficient_quota', /free-models-per-day/],
      ['no-such-model', SDK.NotFoundError, 404, 'model_not_found', /no-such-model/],
    ];
    for (const [model, type, status, code, text] of refusals) {
      test(`${model} before the stream is ${status} with its text`, TIMEOUT, async () => {
        await assert.rejects(connect().chat.completions.create(ask(model, 'hi', inStream)), (error) => {
          assert.ok(error instanceof type, error.constructor.name);
          assert.deepEqual([error.status, error.code], [status, code]);
          assert.match(error.message, text);
          return true;
        });
      });
    }

    test('does not repeat by itself what cannot succeed', TIMEOUT, async () => {
      const mark = makeMark();
      const client = new SDK({ baseURL: stack.baseUrl, apiKey: 'test' });
      await assert.rejects(client.chat.completions.create(ask('sim/err-402', mark)), CREDITS);
      assert.equal((await stack.requests(mark)).length, 1);
    });

    test(
      'an error inside the stream is thrown with its text, after the words before it',
      TIMEOUT,
      async () => {
        let text = '';
        const read = async () => {
          const stream = await connect().chat.completions.create(ask('sim/mid-m1', 'hi', inStream));
          for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
        };
        await assert.rejects(read, (error) => {
          assert.ok(error instanceof SDK.APIError, error.constructor.name);
          assert.equal(error.code, 'upstream_error');
          assert.match(error.message, DISCONNECTED);
          return true;
        });
        assert.equal(text, 'word0 word1 word2 ');
      },
    );
  });
}
