/** Who may use the gateway, what it lists, how it feels. */
import { CLIENT_HEADER, UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let controller: FakeController;
/** What the worker was told of the client. */
let client: string | string[] | undefined;

beforeEach(async () => {
  controller = await stage.controller();
  const worker = await stage.worker((request, response) => {
    client = request.headers[CLIENT_HEADER];
    request.resume();
    response
      .writeHead(200, { 'content-type': 'application/json', [UPSTREAM_MODEL_HEADER]: 'a/b' })
      .end('{"model":"orcestator"}');
  });
  controller.workers.set('orcestator', [worker.url]);
});
afterEach(() => stage.close());

const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });

describe('client keys', () => {
  it('without keys every bearer passes, an empty one too', async () => {
    const { url } = await stage.apiServer(controller.url);
    for (const init of [{}, bearer(''), bearer('anything'), { headers: { authorization: 'Bearer' } }]) {
      expect((await postChat(url, chatBody(), init)).status).toBe(200);
    }
  });

  it('with keys a known one passes, by bearer or x-api-key', async () => {
    const { url } = await stage.apiServer(controller.url, { clientKeys: ['one', 'two'] });
    expect((await postChat(url, chatBody(), bearer('two'))).status).toBe(200);
    expect((await postChat(url, chatBody(), { headers: { 'x-api-key': 'one' } })).status).toBe(200);
  });

  it('with keys none and a wrong one are told apart, and the key is not repeated', async () => {
    const { url } = await stage.apiServer(controller.url, { clientKeys: ['one'] });
    const missing = (await (await postChat(url, chatBody(), bearer(''))).json()) as { code: number };
    const wrong = await postChat(url, chatBody(), bearer('secret-of-mine'));
    expect(missing.code).toBe(40101);
    expect(wrong.status).toBe(401);
    const text = await wrong.text();
    expect(JSON.parse(text)).toMatchObject({ code: 40102, error: { code: 'invalid_api_key' } });
    expect(text).not.toContain('secret-of-mine');
  });

  it('the worker is told which key asked, by a short hash; a client cannot say it itself', async () => {
    const spoof = { [CLIENT_HEADER]: 'key-of-another' };
    const { url } = await stage.apiServer(controller.url, { clientKeys: ['one', 'two'] });
    await postChat(url, chatBody(), { headers: { authorization: 'Bearer two', ...spoof } });
    expect(client).toBe('key-3fc4ccfe');
    const open = await stage.apiServer(controller.url);
    await postChat(open.url, chatBody(), { headers: { authorization: 'Bearer two', ...spoof } });
    expect(client).toBeUndefined();
  });

  it('the model list wants a key as well; /health and /metrics do not', async () => {
    const { url } = await stage.apiServer(controller.url, { clientKeys: ['one'] });
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });
});

describe('origins', () => {
  const from = (origin: string): RequestInit => ({ headers: { origin } });

  it('a program without Origin and a page of this machine may, and the page is told so', async () => {
    const { url } = await stage.apiServer(controller.url);
    expect((await postChat(url, chatBody())).status).toBe(200);
    for (const origin of [
      'http://localhost:3000',
      'http://127.0.0.1',
      'http://[::1]:5173',
      'vscode-webview://x',
    ]) {
      const answer = await postChat(url, chatBody(), from(origin));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    }
  });

  it('a foreign page may neither read nor spend', async () => {
    const { url } = await stage.apiServer(controller.url);
    for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
      expect((await postChat(url, chatBody(), from(origin))).status).toBe(403);
    }
    expect(controller.asked).toEqual([]);
  });

  it('allowed origins pass, and * means all', async () => {
    const listed = await stage.apiServer(controller.url, { allowedOrigins: ['https://chat.example'] });
    expect((await postChat(listed.url, chatBody(), from('https://chat.example'))).status).toBe(200);
    const open = await stage.apiServer(controller.url, { allowedOrigins: ['*'] });
    expect((await postChat(open.url, chatBody(), from('https://any.example'))).status).toBe(200);
  });

  it('answers a preflight', async () => {
    const { url } = await stage.apiServer(controller.url, { clientKeys: ['one'] });
    const headers = {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    };
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
  });
});

describe('models and health', () => {
  it("lists the models in OpenAI's shape with FastChat's fields", async () => {
    const { url } = await stage.apiServer(controller.url);
    const list = await (await fetch(`${url}/v1/models`)).json();
    expect(list).toEqual({
      object: 'list',
      data: [
        {
          id: 'orcestator',
          object: 'model',
          created: expect.any(Number),
          owned_by: 'orcestator',
          root: 'orcestator',
          parent: null,
          permission: [expect.objectContaining({ object: 'model_permission', allow_sampling: true })],
        },
      ],
    });
  });

  it('gives one model, and 404 for an unknown one with a slash in it', async () => {
    const { url } = await stage.apiServer(controller.url);
    expect(await (await fetch(`${url}/v1/models/orcestator`)).json()).toMatchObject({
      id: 'orcestator',
      object: 'model',
    });
    for (const id of ['a/b', 'a%2Fb']) expect((await fetch(`${url}/v1/models/${id}`)).status).toBe(404);
  });

  it('health tells what is missing', async () => {
    const { url } = await stage.apiServer(controller.url);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', models: ['orcestator'] });
    controller.workers.clear();
    const none = await fetch(`${url}/health`);
    expect([none.status, ((await none.json()) as { status: string }).status]).toEqual([503, 'no_worker']);
    await controller.close();
    expect(((await (await fetch(`${url}/health`)).json()) as { status: string }).status).toBe(
      'no_controller',
    );
  });
});

it('metrics count requests by route and status, and bytes', async () => {
  const { url } = await stage.apiServer(controller.url);
  await (await postChat(url, chatBody())).text();
  const page = await (await fetch(`${url}/metrics`)).text();
  expect(page).toContain(
    'orcestator_api_server_http_requests_total{method="POST",route="/v1/chat/completions",status="200"} 1',
  );
  expect(page).toContain('orcestator_api_server_relayed_bytes_total 22');
  expect(page).toContain('orcestator_api_server_in_flight_requests 0');
});

it("the client's own credentials never reach the worker; its request id does", async () => {
  let headers: Record<string, unknown> = {};
  const worker = await stage.worker((request, response) => {
    headers = request.headers;
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  controller.workers.set('orcestator', [worker.url]);
  const { url } = await stage.apiServer(controller.url);
  const init = {
    headers: {
      authorization: 'Bearer mine',
      cookie: 'a=b',
      'x-request-id': 'copilot-1',
      'x-session-id': 's1',
      'user-agent': 'GitHubCopilotChat/0.67.0',
    },
  };
  const answer = await postChat(url, chatBody(), init);
  expect(answer.headers.get('x-request-id')).toBe('copilot-1');
  expect(headers).toMatchObject({
    'x-request-id': 'copilot-1',
    'x-session-id': 's1',
    'user-agent': 'GitHubCopilotChat/0.67.0',
  });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('cookie');
});
