/** HTTPS_PROXY is used towards the upstream and never towards the controller. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkerStage } from './testing/worker-stage';

const stage = new WorkerStage();
let proxy: Server;
const asked: string[] = [];

beforeAll(async () => {
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  }).on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterEach(() => asked.splice(0));
afterAll(async () => {
  await stage.close();
  await new Promise((resolve) => proxy.close(resolve));
});

const proxyUrl = (): string => `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`;

it('asks the proxy for the upstream, and its password is in no answer', async () => {
  await stage.start({ OR_BASE_URL: 'https://openrouter.invalid/api/v1', HTTPS_PROXY: proxyUrl() });
  const answer = await stage.chat();
  expect(answer.status).toBe(502);
  expect(await answer.text()).not.toContain('secret');
  expect(asked).toEqual(['CONNECT openrouter.invalid:443']);
});

it("leaves hosts of NO_PROXY and this machine's loopback out", async () => {
  const env = { HTTPS_PROXY: proxyUrl(), HTTP_PROXY: proxyUrl() };
  await stage.start({ ...env, OR_BASE_URL: 'https://openrouter.invalid/api/v1', NO_PROXY: '.invalid' });
  await (await stage.chat()).text();
  stage.script = (response) => void response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  await stage.start(env);
  expect((await stage.chat()).status).toBe(404);
  expect(asked).toEqual([]);
});
