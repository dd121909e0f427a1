/** A worker's answer reaches the client byte for byte, as it comes, and ends properly whatever the worker does. */
import { get, request as httpRequest, type ServerResponse } from 'node:http';
import { eventually } from '@orcestator/service-kit/testing';
import { chatBody, postChat, readBody, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
let controller: FakeController;
let url: string;

beforeEach(async () => {
  controller = await stage.controller();
  url = (await stage.apiServer(controller.url)).url;
});
afterEach(() => stage.close());

const CHUNK =
  'data: {"id":"gen-1","created":7,"model":"orcestator","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n';
const FINISH = 'data: {"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const DONE = 'data: [DONE]\n\n';

async function serve(answer: (response: ServerResponse) => void): Promise<void> {
  const worker = await stage.worker((request, response) => {
    request.resume();
    answer(response);
  });
  controller.workers.set('orcestator', [worker.url]);
}

function eventStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, {
    'content-type': 'text/event-stream',
    'x-orcestator-upstream-model': 'openai/gpt-4o',
    'set-cookie': 'a=b',
  });
}

it('a stream passes unchanged, with the headers a client may see and no others', async () => {
  await serve((response) => eventStream(response).end(CHUNK + FINISH + DONE));
  const answer = await postChat(url, chatBody());
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o');
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.headers.get('x-request-id')).toMatch(/.+/);
  expect(await answer.text()).toBe(CHUNK + FINISH + DONE);
});

it('pitfall 30: the first chunk arrives while the worker still holds the rest back', async () => {
  let finish: () => void = () => undefined;
  await serve((response) => {
    eventStream(response).write(CHUNK);
    finish = () => response.end(FINISH + DONE);
  });
  const answer = await postChat(url, chatBody());
  const reader = answer.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(CHUNK);
  finish();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(FINISH + DONE);
});

it('the request body reaches the worker byte for byte, with its unknown fields', async () => {
  let received = '';
  const worker = await stage.worker((request, response) => {
    void readBody(request).then((body) => {
      received = body;
      eventStream(response).end(CHUNK + FINISH + DONE);
    });
  });
  controller.workers.set('orcestator', [worker.url]);
  const body = `{ "model":"orcestator",  "cache_control":{"x":1}, "messages":[{"role":"user","content":"Привет 🐋"}],"stream":true }`;
  await (await postChat(url, body)).text();
  expect(received).toBe(body);
});

it('a byte order mark before the JSON is left out', async () => {
  let received = '';
  const worker = await stage.worker((request, response) => {
    void readBody(request).then((body) => {
      received = body;
      eventStream(response).end(CHUNK + FINISH + DONE);
    });
  });
  controller.workers.set('orcestator', [worker.url]);
  expect((await postChat(url, `\ufeff${chatBody()}`)).status).toBe(200);
  expect(received).toBe(chatBody());
});

it('a body of 20 MB passes', async () => {
  await serve((response) => eventStream(response).end(CHUNK + FINISH + DONE));
  const image = `data:image/png;base64,${'A'.repeat(20 * 1024 * 1024)}`;
  const answer = await postChat(url, chatBody({ messages: [{ role: 'user', content: image }] }));
  expect(await answer.text()).toContain('[DONE]');
});

describe('a worker that breaks off', () => {
  const tail = async (answer: (response: ServerResponse) => void): Promise<string> => {
    await serve(answer);
    return (await postChat(url, chatBody())).text();
  };
  const cut = (response: ServerResponse): void => void setImmediate(() => response.destroy());

  it('pitfall 26: after a chunk, the choice is closed, the error told, the stream ended', async () => {
    const text = await tail((response) => eventStream(response).write(CHUNK, () => cut(response)));
    const events = text.slice(CHUNK.length).split('\n\n');
    expect(text.startsWith(CHUNK)).toBe(true);
    expect(JSON.parse(events[0]?.slice(6) ?? '')).toMatchObject({
      id: 'gen-1',
      created: 7,
      model: 'orcestator',
      choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
    });
    const error = JSON.parse(events[1]?.slice(6) ?? '');
    expect(Object.keys(error)).toEqual(['error']);
    expect(error.error).toMatchObject({
      message: expect.stringContaining('broke off'),
      type: 'server_error',
      code: 'worker_unreachable',
    });
    expect(events.slice(2)).toEqual(['data: [DONE]', '']);
  });

  it('pitfall 27: in the middle of an event, the half event is ended first', async () => {
    const text = await tail((response) =>
      eventStream(response).write(CHUNK + 'data: {"id":"ge', () => cut(response)),
    );
    expect(text.slice(CHUNK.length)).toMatch(
      /^data: \{"id":"ge\n\ndata: \{"id":"gen-1".*"error"\}\]\}\n\ndata: \{"error":.*\}\n\ndata: \[DONE\]\n\n$/,
    );
  });

  it('after the finish chunk, only [DONE] was missing (pitfall 47)', async () => {
    expect(await tail((response) => eventStream(response).write(CHUNK + FINISH, () => cut(response)))).toBe(
      CHUNK + FINISH + DONE,
    );
  });

  it('ends cleanly without [DONE] (pitfall 26)', async () => {
    expect(await tail((response) => eventStream(response).end(CHUNK))).toContain('"error"');
  });

  it('an error text inside an answer is no mark: quotes inside texts are escaped', async () => {
    const quoted = CHUNK.replace('Hel', String.raw`\"finish_reason\":\"stop\" data: [DONE`);
    expect(await tail((response) => eventStream(response).end(quoted))).toContain('broke off');
  });
});

describe('cancellation', () => {
  it('pitfall 25: a client that leaves in the middle closes the connection to the worker', async () => {
    let isClosed = false;
    await serve((response) => {
      eventStream(response).write(CHUNK);
      response.on('close', () => (isClosed = true));
    });
    const abort = new AbortController();
    const answer = await postChat(url, chatBody(), { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    await eventually(() => isClosed);
  });

  it('a client that leaves before the first byte closes it too, and no other worker is asked (pitfall 48)', async () => {
    let asked = 0;
    let isClosed = false;
    const silent = await stage.worker((request, response) => {
      request.resume();
      asked += 1;
      response.on('close', () => (isClosed = true));
    });
    controller.workers.set('orcestator', [silent.url, `${silent.url}/`]);
    const abort = new AbortController();
    const answer = postChat(url, chatBody({ stream: false }), { signal: abort.signal });
    await eventually(() => asked === 1);
    abort.abort();
    await expect(answer).rejects.toThrow();
    await eventually(() => isClosed);
    expect(asked).toBe(1);
    expect(controller.asked).toHaveLength(1);
  });
});

it('a client that does not read stops the worker (back-pressure)', async () => {
  let written = 0;
  await serve((response) => {
    eventStream(response);
    const piece = `data: ${'x'.repeat(64 * 1024)}\n\n`;
    const more = (): void => {
      while (written < 400) {
        written += 1;
        if (!response.write(piece)) return void response.once('drain', more);
      }
    };
    more();
  });
  const { port } = new URL(url);
  const request = httpRequest({ port, method: 'POST', path: '/v1/chat/completions' });
  request.end(chatBody());
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
    request.on('response', resolve),
  );
  response.pause();
  let last = -1;
  await eventually(() => {
    const isStill = written === last && written > 0;
    last = written;
    return isStill;
  });
  expect(written).toBeLessThan(400);
  request.destroy();
});

it('an unknown path is a 404 that both dialects can read', async () => {
  const body = await new Promise<string>((resolve) =>
    get(`${url}/nowhere`, (response) => void readBody(response).then(resolve)),
  );
  expect(JSON.parse(body)).toMatchObject({
    object: 'error',
    code: 40001,
    error: { type: 'invalid_request_error', code: 'unknown_url' },
  });
});

it('pitfall 26: a worker that keeps its connection open after [DONE] does not hold the client', async () => {
  let isClosed = false;
  await serve((response) => {
    eventStream(response).write(CHUNK + FINISH + DONE);
    response.on('close', () => (isClosed = true));
  });
  expect(await (await postChat(url, chatBody())).text()).toBe(CHUNK + FINISH + DONE);
  await eventually(() => isClosed);
});

it('pitfall 21: [DONE] cut anywhere still ends the stream whole', async () => {
  await serve((response) => {
    const bytes = Buffer.from(CHUNK + FINISH + DONE);
    eventStream(response);
    const next = (at: number): void => {
      if (at >= bytes.length) return void response.end();
      response.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
    };
    next(0);
  });
  expect(await (await postChat(url, chatBody())).text()).toBe(CHUNK + FINISH + DONE);
});
