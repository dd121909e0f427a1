/** What a client sees of each kind of failure, and what only the log sees. */
import express, { Router, type RequestHandler } from 'express';
import { eventStreamHeaders, OrcestatorError } from '@orcestator/protocol';
import { createRecordingLogger, createTestKit, eventually, startApp } from '../testing';
import { createHttpApp } from './create-http-app';
import type { Listening } from './listen';
import { HttpStatusError } from './post-json';

const logger = createRecordingLogger();
let app: Listening;
let handle: RequestHandler = () => undefined;

beforeAll(async () => {
  const router = Router();
  router.post('/json', express.json({ limit: 100 }), (_request, response) => void response.send('ok'));
  router.get('/param/:name', (_request, response) => void response.send('ok'));
  router.get('/handle', (request, response, next) => handle(request, response, next));
  app = await startApp(createHttpApp({ ...createTestKit(), logger, metricPrefix: 't', routers: [router] }));
});
afterAll(() => app.close());
beforeEach(() => void (logger.lines.length = 0));

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { error: Record<string, unknown>; [field: string]: unknown };
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const { status, headers, ...answer } = await fetch(`${app.url}${path}`, init).then(async (got) => ({
    status: got.status,
    headers: got.headers,
    body: (await got.json()) as Answer['body'],
  }));
  return { status, headers, ...answer };
}

const post = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask('/json', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const askThrowing = (thrown: unknown): Promise<Answer> => {
  handle = () => {
    throw thrown;
  };
  return ask('/handle');
};

it('a body that is not JSON is 400', async () => {
  const { status, body } = await post('{"a":');
  expect(status).toBe(400);
  expect(body).toMatchObject({
    message: 'The body is not valid JSON.',
    error: { type: 'invalid_request_error' },
  });
});

it('a body over the limit is 413', async () => {
  const { status, body } = await post(JSON.stringify('x'.repeat(200)));
  expect(status).toBe(413);
  expect(body).toMatchObject({ error: { code: 'request_too_large' } });
});

it('a body in an unknown encoding is 400', async () => {
  const { status, body } = await post('x', { 'content-encoding': 'zstd-or-so' });
  expect(status).toBe(400);
  expect(body.message).toBe('The request could not be read.');
});

it('a path that cannot be decoded is 400', async () => {
  expect((await ask('/param/%zz')).status).toBe(400);
});

it('an error of ours keeps its message, status, field and headers', async () => {
  const details = { param: 'model', headers: { 'retry-after': '2' } };
  const { status, headers, body } = await askThrowing(
    new OrcestatorError('overloaded', 'All taken.', details),
  );
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('2');
  expect(body).toMatchObject({
    message: 'All taken.',
    code: 42903,
    error: { param: 'model', code: 'overloaded' },
  });
});

it('an error of ours below 500 keeps its message as well', async () => {
  const { status, body } = await askThrowing(new OrcestatorError('model_not_found', 'No such model.'));
  expect(status).toBe(404);
  expect(body).toMatchObject({ message: 'No such model.', error: { code: 'model_not_found' } });
});

it('an unforeseen error is 500 with a fixed message, and its text is in the log only', async () => {
  const { status, body } = await askThrowing(new Error('secret cause'));
  expect(status).toBe(500);
  expect(body.message).toBe('Internal error; the log of the service has the details.');
  expect(JSON.stringify(body)).not.toContain('secret cause');
  expect(logger.lines.find((line) => line.startsWith('error'))).toMatch(/secret cause.*error-handler\.test/);
});

it('the cause of an error of ours is in the log only', async () => {
  const cause = new Error('secret cause');
  const { body } = await askThrowing(new OrcestatorError('upstream_failed', 'It failed.', { cause }));
  expect(JSON.stringify(body)).not.toContain('secret cause');
  expect(logger.lines.join()).toContain('secret cause');
});

it.each([400, 401, 404, 413])(
  'the status %d of a peer inside an error is not taken for the client',
  async (status) => {
    expect((await askThrowing(new HttpStatusError(status, {}, 'http://peer'))).status).toBe(500);
  },
);

it('a thrown text is 500 like any other', async () => {
  const { status, body } = await askThrowing('secret text');
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('secret text');
});

it('a rejected promise of a handler is answered', async () => {
  handle = () => Promise.reject(new OrcestatorError('timeout', 'Too late.'));
  expect((await ask('/handle')).status).toBe(504);
});

it('an error before the first byte of a prepared event stream is answered as JSON', async () => {
  handle = (_request, response) => {
    response.set(eventStreamHeaders);
    throw new OrcestatorError('no_worker', 'None.');
  };
  const { status, headers } = await ask('/handle');
  expect(status).toBe(503);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('an answer that has begun is cut', async () => {
  handle = (_request, response) => {
    response.write('begun');
    throw new Error('broken');
  };
  const answer = await fetch(`${app.url}/handle`);
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  expect(logger.lines.join()).toContain('broken');
});

it('a client that left is not answered, and that is no error in the log', async () => {
  handle = () => {
    throw new OrcestatorError('client_gone', 'The client left.');
  };
  await expect(fetch(`${app.url}/handle`)).rejects.toThrow();
  await eventually(() => logger.lines.some((line) => line.includes('status=499')));
  expect(logger.lines.filter((line) => line.includes('failed'))).toEqual([]);
});
