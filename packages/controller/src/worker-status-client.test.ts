/** How a worker is asked, and what is said when it does not answer. */
import { CLUSTER_TOKEN_HEADER } from '@orcestator/protocol';
import { clusterToken, createJsonClient } from '@orcestator/service-kit';
import { answerJson, startStubWorker, type StubHandler } from './testing/start-stub-worker';
import { createWorkerStatusClient } from './worker-status-client';

const PATH = '/worker_get_status';

/** Asks a worker that answers so; gives the answer, or the message of the failure. */
async function ask(handler: StubHandler | undefined, timeout = 5_000, clusterSecret = '') {
  const worker = await startStubWorker(handler ? { [PATH]: handler } : {});
  const client = createWorkerStatusClient({ client: createJsonClient(5_000), clusterSecret, timeout });
  try {
    return { worker, status: await client.getWorkerStatus(worker.url), message: '' };
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
    ['nonsense', answerJson({ hello: 'world' }), /not a worker status/],
    ['text', ((response) => response.end('<html>')) satisfies StubHandler, /not a worker status/],
    ['404', undefined, /answered \/worker_get_status with 404.*worker_status/],
    ['403', ((response) => response.writeHead(403).end()) satisfies StubHandler, /403.*OR_CLUSTER_SECRET/],
    ['500', ((response) => response.writeHead(500).end()) satisfies StubHandler, /with 500.*log/],
    [
      'a redirect',
      ((response) => response.writeHead(302, { location: '/x' }).end()) satisfies StubHandler,
      /302/,
    ],
    ['a cut', ((response) => response.destroy()) satisfies StubHandler, /broke \(ECONNRESET\)/],
  ])('says what is wrong with %s', async (_name, handler, expected) => {
    expect((await ask(handler)).message).toMatch(expected);
  });

  it('says that nobody listens there', async () => {
    const client = createWorkerStatusClient({
      client: createJsonClient(5_000),
      clusterSecret: '',
      timeout: 5_000,
    });
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
