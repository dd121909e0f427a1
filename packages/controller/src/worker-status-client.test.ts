/** How a worker is asked, and what is said when it does not answer. */
import { CLUSTER_TOKEN_HEADER } from '@orcestator/protocol';
import { clusterToken, createJsonClient } from '@orcestator/service-kit';
import { answerJson, startStubWorker, type StubHandler } from './testing/start-stub-worker';
import { createWorkerStatusClient } from './worker-status-client';

const PATH = '/worker_get_status';

const createClient = (timeout = 5_000, clusterSecret = '') =>
  createWorkerStatusClient({ client: createJsonClient(5_000), clusterSecret, timeout, controllerId: 'id' });

/** Asks a worker that answers so; gives the answer, or the message of the failure. */
async function ask(handler: StubHandler | undefined, timeout = 5_000, clusterSecret = '') {
  const worker = await startStubWorker(handler ? { [PATH]: handler } : {});
  const client = createClient(timeout, clusterSecret);
  try {
    return { worker, ...(await client.getWorkerStatus(worker.url)), message: '' };
  } catch (error) {
    expect(error).toMatchObject({ kind: 'worker_unreachable' });
    const { message } = error as Error;
    expect(message).toContain(`The worker ${worker.url} cannot be used: `);
    return { worker, status: undefined, message };
  } finally {
    await worker.close();
  }
}

describe('the worker status client', () => {
  it('reads the status', async () => {
    const status = { model_names: ['m'], speed: 2, queue_length: 1, protocols: ['openai'] };
    expect((await ask(answerJson(status))).status).toEqual(status);
  });

  it('proves with a token for this worker that it belongs to the cluster', async () => {
    const { worker } = await ask(answerJson({ model_names: [] }), 5_000, 'cluster secret');
    expect(worker.calls[0]?.headers[CLUSTER_TOKEN_HEADER]).toBe(clusterToken('cluster secret', worker.url));
  });

  it.each([
    ['nonsense', answerJson({ hello: 'world' }), /something else than a worker status/],
    [
      'text',
      ((response) => response.end('<html>')) satisfies StubHandler,
      /something else than a worker status/,
    ],
    ['404', undefined, /answered \/worker_get_status with 404 and GET \/v1\/models with 404.*before \/v1/],
    ['403', ((response) => response.writeHead(403).end()) satisfies StubHandler, /403.*OR_CLUSTER_SECRET/],
    [
      '500',
      ((response) => response.writeHead(500).end()) satisfies StubHandler,
      /worker_get_status with 500/,
    ],
    [
      'a redirect',
      ((response) => response.writeHead(302, { location: '/x' }).end()) satisfies StubHandler,
      /302/,
    ],
    ['a cut', ((response) => response.destroy()) satisfies StubHandler, /broke \(ECONNRESET\)/],
  ])('says what is wrong with %s', async (_name, handler, expected) => {
    expect((await ask(handler)).message).toMatch(expected);
  });

  it.each([
    ['Ollama', (response) => response.writeHead(404).end('404 page not found'), ['llama3:latest']],
    [
      'LM Studio',
      answerJson({ error: 'Unexpected endpoint or method. (POST /worker_get_status)' }),
      ['qwen2.5'],
    ],
    ['vLLM', (response) => response.writeHead(404).end('{"detail":"Not Found"}'), ['meta/llama', 'lora']],
    ['Ollama without models', (response) => response.writeHead(404).end(), null],
  ] satisfies [string, StubHandler, string[] | null][])(
    'finds out that %s is a server that speaks OpenAI only',
    async (_name, refuse, names) => {
      const data = names?.map((id) => ({ id, object: 'model', owned_by: 'library' })) ?? null;
      const server = await startStubWorker({
        [PATH]: refuse,
        '/v1/models': answerJson({ object: 'list', data }),
      });
      const { status, askedBy } = await createClient().getWorkerStatus(server.url);
      await server.close();
      expect(askedBy).toBe('openai');
      expect(status).toEqual({ model_names: names ?? [], speed: 1, queue_length: 0, protocols: ['openai'] });
    },
  );

  it('asks in one way only where that is known', async () => {
    const models = answerJson({ data: [{ id: 'm' }] });
    const server = await startStubWorker({
      [PATH]: answerJson({ model_names: ['w'] }),
      '/v1/models': models,
    });
    const { status } = await createClient().getWorkerStatus(server.url, { by: 'openai' });
    await server.close();
    expect([status.model_names, server.calls.map(({ path }) => path)]).toEqual([['m'], ['/v1/models']]);
  });

  it('tells one of ours with another secret from a server that wants a key', async () => {
    const message = 'This service belongs to a cluster: give every service the same OR_CLUSTER_SECRET.';
    const refuse: StubHandler = (response) =>
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    const worker = await startStubWorker({ [PATH]: refuse, '/v1/models': refuse });
    await expect(createClient().getWorkerStatus(worker.url)).rejects.toMatchObject({
      code: 'worker_secret_differs',
    });
    await worker.close();
  });

  it('says that a server wants a key, and how to add it then', async () => {
    const server = await startStubWorker({ '/v1/models': (response) => response.writeHead(401).end('{}') });
    const asked = createClient().getWorkerStatus(server.url);
    await expect(asked).rejects.toMatchObject({
      code: 'worker_wants_key',
      message: expect.stringMatching(/wants a key .*401.*--base-url/),
    });
    await server.close();
  });

  it('says that nobody listens there', async () => {
    const client = createClient();
    await expect(client.getWorkerStatus('http://127.0.0.1:9')).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:9 cannot be used: the connection was refused \(ECONNREFUSED\)\. Check/,
    );
  });

  it('does not wait for ever for a trickle', async () => {
    const { message } = await ask((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(timer));
    }, 100);
    expect(message).toMatch(/did not answer \/worker_get_status within 0.1 s\. Check/);
  });
});
