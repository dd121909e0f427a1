/** The id that follows a request through the services. */
import { createRecordingLogger, createTestKit, startApp } from '../testing';
import type { Listening } from './listen';
import { createHttpApp } from './create-http-app';
import { requestIdOf } from './request-id';

let app: Listening;
beforeAll(async () => {
  const routers = [createRouter()];
  app = await startApp(
    createHttpApp({ ...createTestKit(), logger: createRecordingLogger(), metricPrefix: 't', routers }),
  );
});
afterAll(() => app.close());

function createRouter() {
  return (request: { path: string }, response: Parameters<typeof requestIdOf>[0], next: () => void): void => {
    if (request.path === '/id') response.send(requestIdOf(response));
    else next();
  };
}

async function ask(path: string, id?: string): Promise<{ header: string | null; body: string }> {
  const answer = await fetch(`${app.url}${path}`, {
    headers: id === undefined ? {} : { 'x-request-id': id },
  });
  return { header: answer.headers.get('x-request-id'), body: await answer.text() };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it("the caller's id is kept and given back", async () => {
  expect(await ask('/id', 'vscode:1.2_3-x')).toEqual({ header: 'vscode:1.2_3-x', body: 'vscode:1.2_3-x' });
});

it('without one an id is made, a new one each time', async () => {
  const [first, second] = [await ask('/id'), await ask('/id')];
  expect(first.header).toMatch(uuid);
  expect(first.body).toBe(first.header);
  expect(second.header).not.toBe(first.header);
});

it.each(['sk-or-v1-of-somebody', 'two words', 'a"b', '<script>', 'x'.repeat(129), 'a,b', ''])(
  'the id %j is replaced',
  async (id) => {
    expect((await ask('/id', id)).header).toMatch(uuid);
  },
);

it('error answers carry the id as well', async () => {
  expect((await ask('/nowhere', 'mine')).header).toBe('mine');
});
