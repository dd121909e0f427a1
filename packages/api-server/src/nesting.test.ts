/** Requests nested deeper than anybody needs. */
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { readBody, Stage } from './testing/fakes';

const stage = new Stage();
afterEach(() => stage.close());

const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const chat = `{"model":"orcestator","messages":[{"role":${deep},"content":"hi"}]}`;

async function ask(path: string, body: string, protocols: string[]) {
  const asked: string[] = [];
  const worker = await stage.worker((request, response) => {
    void readBody(request).then((text) => {
      asked.push(text);
      const head = { 'content-type': 'application/json', [UPSTREAM_MODEL_HEADER]: 'a/b' };
      response.writeHead(200, head).end('{}');
    });
  });
  const controller = await stage.controller();
  controller.protocols = protocols;
  controller.workers.set('orcestator', [worker.url]);
  const { url } = await stage.apiServer(controller.url);
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: answer.status, text: await answer.text(), asked };
}

it('go to a native worker byte for byte: it knows best', async () => {
  const { status, asked } = await ask('/v1/chat/completions', chat, ['openai']);
  expect([status, asked]).toEqual([200, [chat]]);
});

it.each([
  ['read for a FastChat worker', '/v1/chat/completions', chat, ['fastchat']],
  ['written anew', '/v1/engines/orcestator/embeddings', `{"input":"hi","x":${deep}}`, ['openai']],
])('are a 400 where they are %s', async (_how, path, body, protocols) => {
  const { status, text, asked } = await ask(path, body, protocols);
  expect([status, text]).toEqual([400, expect.stringContaining('nested too deeply')]);
  expect(asked).toEqual([]);
});
