/** Which way a worker is asked, and that both ways serve every endpoint. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { createManualClock, createTestKit } from '@orcestator/service-kit/testing';
import { chatBody, postChat, readBody, Stage, type FakeController } from '../testing/fakes';
import { FastChatWorker, type WorkerCall } from '../testing/fastchat-worker';

const stage = new Stage();
let controller: FakeController;
beforeEach(async () => {
  controller = await stage.controller();
  controller.protocols = undefined;
});
afterEach(() => stage.close());

const STATUS = '/worker_get_status';

/** A server of OpenAI's protocol: says back what it was asked. */
async function openAiServer(status?: object): Promise<WorkerCall[]> {
  const calls: WorkerCall[] = [];
  const { url } = await stage.app((request: IncomingMessage, response: ServerResponse) => {
    void readBody(request).then((body) => {
      const path = request.url ?? '';
      calls.push({ path, body: JSON.parse(body) });
      if (path === STATUS) {
        if (!status) return response.writeHead(404).end('404 page not found');
        return response.end(JSON.stringify(status));
      }
      // As a worker of ours: what it answers is relayed as it is.
      response.setHeader('content-type', 'application/json').setHeader(UPSTREAM_MODEL_HEADER, 'a/b');
      return response.end(JSON.stringify({ asked: path }));
    });
  });
  controller.workers.set('orcestator', [url]);
  return calls;
}

async function fastChatWorker(status: object = {}): Promise<FastChatWorker> {
  const worker = new FastChatWorker();
  worker.answers[STATUS] = JSON.stringify({ model_names: ['stub'], speed: 1, queue_length: 0, ...status });
  controller.workers.set('orcestator', [(await stage.app(worker.listener)).url]);
  return worker;
}

async function ask(path = '/v1/chat/completions', fields: object = {}): Promise<unknown> {
  const { url } = await stage.apiServer(controller.url);
  return (await fetch(url + path, { method: 'POST', body: chatBody({ stream: false, ...fields }) })).json();
}

describe("behind FastChat's controller, which carries no protocols", () => {
  it('a worker whose status says "openai" is asked natively', async () => {
    const calls = await openAiServer({ model_names: ['orcestator'], protocols: ['openai', 'fastchat'] });
    expect(await ask()).toEqual({ asked: '/v1/chat/completions' });
    expect(calls.map(({ path }) => path)).toEqual([STATUS, '/v1/chat/completions']);
  });

  it('a controller among the workers says which of its models speaks what', async () => {
    await openAiServer({
      model_names: ['orcestator', 'other'],
      protocols: ['fastchat'],
      protocols_by_model: { orcestator: ['openai'] },
    });
    expect(await ask()).toEqual({ asked: '/v1/chat/completions' });
  });

  it('a worker whose status does not speak of protocols speaks FastChat’s', async () => {
    const worker = await fastChatWorker();
    expect(await ask()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
    expect(worker.paths()).toContain('/worker_generate');
  });

  it('a server without any status is a plain OpenAI-compatible one', async () => {
    await openAiServer();
    expect(await ask()).toEqual({ asked: '/v1/chat/completions' });
  });

  it('the answer is remembered for 30 s, not for ever', async () => {
    const clock = createManualClock();
    stage.kit = createTestKit({ clock });
    const worker = await fastChatWorker();
    const { url } = await stage.apiServer(controller.url);
    const asked = async (): Promise<number> => {
      await (await postChat(url, chatBody())).text();
      return worker.paths().filter((path) => path === STATUS).length;
    };
    expect([await asked(), await asked()]).toEqual([1, 1]);
    await clock.advance(30_000);
    expect(await asked()).toBe(2);
  });

  it('a worker that is not there is passed over for another', async () => {
    const worker = await fastChatWorker();
    controller.workers.get('orcestator')?.unshift('http://127.0.0.1:9');
    expect(await ask()).toMatchObject({ object: 'chat.completion' });
    expect(worker.paths()).toContain('/worker_generate');
  });
});

it('a native worker that fails is followed by a text worker, and the other way round', async () => {
  const worker = await fastChatWorker();
  const dead = await stage.worker((_request, response) => response.destroy());
  controller.workers.set('orcestator', [dead.url, ...(controller.workers.get('orcestator') ?? [])]);
  expect(await ask()).toMatchObject({ object: 'chat.completion' });
  worker.answers['/worker_generate'] = (response) => void response.destroy();
  const [, fastchat] = controller.workers.get('orcestator') ?? [];
  await openAiServer();
  controller.workers.get('orcestator')?.unshift(fastchat as string);
  expect(await ask()).toEqual({ asked: '/v1/chat/completions' });
});

describe('a worker of OpenAI’s protocol', () => {
  beforeEach(() => (controller.protocols = ['openai']));

  it.each([
    ['/v1/completions', '/v1/completions', { prompt: 'Once', temperature: 9 }],
    ['/v1/embeddings', '/v1/embeddings', { input: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['/api/v1/chat/completions', '/v1/chat/completions', { repetition_penalty: 1.1 }],
  ])('%s goes to its %s in one request, the body untouched', async (path, asked, fields) => {
    const calls = await openAiServer();
    expect(await ask(path, fields)).toEqual({ asked });
    expect(calls).toEqual([{ path: asked, body: JSON.parse(chatBody({ stream: false, ...fields })) }]);
  });

  it('the older embeddings path names the model, slashes and all', async () => {
    const calls = await openAiServer();
    controller.workers.set('vendor/model', controller.workers.get('orcestator') ?? []);
    await ask('/v1/engines/vendor/model/embeddings', { model: undefined, input: 'a' });
    expect(calls).toMatchObject([{ path: '/v1/embeddings', body: { model: 'vendor/model', input: 'a' } }]);
  });

  it('counts tokens where it serves the two paths, and says so where it does not', async () => {
    const prompts = [{ model: 'orcestator', prompt: 'abc', max_tokens: 10 }];
    await fastChatWorker();
    expect(await ask('/api/v1/token_check', { prompts })).toEqual({
      prompts: [{ fits: true, tokenCount: 5, contextLength: 2048 }],
    });
    const server = new FastChatWorker();
    delete server.answers['/model_details'];
    controller.workers.set('orcestator', [(await stage.app(server.listener)).url]);
    expect(await ask('/api/v1/token_check', { prompts })).toMatchObject({
      error: { message: expect.stringContaining('/model_details') },
    });
  });
});
