/** One body of a server registered without a worker of ours: a 200 that is no answer is an error all the same. */
import type { ServerResponse } from 'node:http';
import { chatBody, postChat, Stage } from '../testing/fakes';

const stage = new Stage();
afterEach(() => stage.close());

async function ask(
  answer: (response: ServerResponse) => void,
  path = '/v1/chat/completions',
): Promise<Response> {
  const controller = await stage.controller();
  const server = await stage.app((request, response) => {
    request.resume();
    answer(response);
  });
  controller.workers.set('m', [server.url]);
  const { url } = await stage.apiServer(controller.url);
  const body = chatBody({ model: 'm', stream: false, prompt: 'hi', input: 'hi' });
  return path.includes('chat') ? postChat(url, body) : fetch(url + path, { method: 'POST', body });
}

const json = (body: unknown) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const message = { role: 'assistant', content: 'Hi' };
const whole = { index: 0, message, finish_reason: 'stop' };

it.each<[string, object, number, string]>([
  ['an error beside choices', { error: { message: 'CUDA died' }, choices: [] }, 502, 'CUDA died'],
  ['an error beside a whole choice', { error: { message: 'CUDA died' }, choices: [whole] }, 502, 'CUDA died'],
  ['an error with a status', { error: { message: 'slow down', code: 429 }, choices: [] }, 429, 'slow down'],
  ['no choice', { id: 'x', choices: [] }, 502, 'empty answer'],
  ['choices that are null', { id: 'x', choices: null }, 502, 'empty answer'],
  ['a choice that broke off', { choices: [{ ...whole, finish_reason: 'error' }] }, 502, 'broke off'],
  [
    'a choice with an error',
    { choices: [{ ...whole, finish_reason: 'error', error: { message: 'CUDA died', code: 502 } }] },
    502,
    'CUDA died',
  ],
  ['a choice without an end', { choices: [{ index: 0, message }] }, 502, 'before it was complete'],
  [
    'a conversation that does not fit',
    { error: { message: 'maximum context length is 4096' }, choices: [] },
    400,
    'maximum context length',
  ],
])('with %s is an error', async (_name, body, status, words) => {
  const answer = await ask(json({ id: 'x', model: 'm', ...body }));
  expect([answer.status, await answer.json()]).toMatchObject([
    status,
    { object: 'error', error: { message: expect.stringContaining(words) } },
  ]);
});

it('a tool call without text is an answer, and passes with only its model changed', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const body = {
    id: 'x',
    model: 'm',
    error: null,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, tool_calls: [call] },
        finish_reason: 'tool_calls',
      },
    ],
  };
  expect(await (await ask(json(body))).json()).toEqual({ ...body, model: 'orcestator' });
});

it('of /v1/completions is judged by the same rules', async () => {
  const choices = [{ index: 0, text: 'Hi', finish_reason: 'length' }];
  const sound = await ask(json({ id: 'x', model: 'm', choices }), '/v1/completions');
  expect(await sound.json()).toEqual({ id: 'x', model: 'orcestator', choices });
  expect((await ask(json({ id: 'x', choices: [] }), '/v1/completions')).status).toBe(502);
});

it('of /v1/embeddings has no choices and needs none', async () => {
  const body = { object: 'list', model: 'm', data: [{ index: 0, embedding: [0.5] }] };
  const answer = await ask(json(body), '/v1/embeddings');
  expect(await answer.json()).toEqual({ ...body, model: 'orcestator' });
});

it.each(['/v1/chat/completions', '/v1/completions'])(
  'a stream that nobody asked for is an error of %s',
  async (path) => {
    const answer = await ask(
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: [DONE]\n\n'),
      path,
    );
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      502,
      expect.stringContaining('json'),
    ]);
    expect(await answer.text()).toContain('streamed although one body was asked for');
  },
);
