/** Errors of servers registered without a worker of ours: in our shape, and never about an account that they do not have. */
import { chatBody, postChat, Stage } from '../testing/fakes';

const stage = new Stage();
afterEach(() => stage.close());

/** The gateway's answer where the server answers so. */
async function ask(status: number, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const controller = await stage.controller();
  const server = await stage.app((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  controller.workers.set('m', [server.url]);
  return postChat((await stage.apiServer(controller.url)).url, chatBody({ model: 'm' }));
}

describe('an error', () => {
  it.each([
    [
      'Ollama',
      404,
      { error: { message: 'model "x" not found, try pulling it first', code: null } },
      404,
      'try pulling',
    ],
    ['LM Studio', 400, { error: 'No models loaded.' }, 400, 'No models loaded'],
    ['LM Studio with 200', 200, { error: 'Unexpected endpoint' }, 502, 'Unexpected endpoint'],
    [
      'vLLM, old',
      400,
      { object: 'error', message: 'bad request', type: 'BadRequestError', param: null, code: 400 },
      400,
      'bad request',
    ],
    [
      'vLLM, new',
      400,
      { error: { message: 'maximum context length is 4096', code: 400 } },
      400,
      'context_length_exceeded',
    ],
    [
      'llama.cpp',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      503,
      'Loading model',
    ],
    ['a server with a key', 401, { error: 'Unauthorized' }, 502, '--base-url'],
    ['a wrong path', 404, '404 page not found', 404, 'before /v1'],
  ])('of %s has our shape', async (_name, status, body, expected, text) => {
    const answer = await ask(status, body);
    const shown = (await answer.json()) as { error: { message: string } };
    expect(answer.status).toBe(expected);
    expect(JSON.stringify(shown)).toContain(text);
    expect(shown).toMatchObject({ object: 'error', message: shown.error.message, code: expect.any(Number) });
    expect(shown.error.message).not.toContain('OpenRouter');
  });
});

describe('the head of a 429', () => {
  const limits = {
    'x-ratelimit-limit': '20',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1764151000',
  };

  it('tells the client the limits and when to come back', async () => {
    const answer = await ask(429, { error: { message: 'slow down' } }, { ...limits, 'retry-after': '7' });
    expect([answer.status, Object.fromEntries(answer.headers)]).toMatchObject([
      429,
      { ...limits, 'retry-after': '7' },
    ]);
  });

  it.each([
    ['0', '0'],
    ['1.5', '2'],
    ['Wed, 21 Oct 2015 07:28:00 GMT', '0'],
    ['-1', null],
    ['abc', null],
    ['Infinity', null],
    ['Wed, no date', null],
    ['Room 5', null],
  ])('with retry-after: %s says %s', async (retryAfter, expected) => {
    const answer = await ask(429, { error: { message: 'slow down' } }, { 'retry-after': retryAfter });
    expect(answer.headers.get('retry-after')).toBe(expected);
  });
});
