/** What every service's application has. */
import { Router } from 'express';
import { createRegistry } from '../create-metrics';
import { createRecordingLogger, createTestKit, startApp } from '../testing';
import { createHttpApp } from './create-http-app';
import type { Listening } from './listen';

let app: Listening;
beforeAll(async () => {
  const first = Router().get('/a', (_request, response) => void response.send('first'));
  const second = Router()
    .get('/a', (_request, response) => void response.send('second'))
    .get('/b', (_request, response) => void response.json({ b: 1 }));
  const kit = { ...createTestKit(), registry: createRegistry(), logger: createRecordingLogger() };
  app = await startApp(createHttpApp({ ...kit, metricPrefix: 'orcestator_tiny', routers: [first, second] }));
});
afterAll(() => app.close());

it('an unknown path is 404 in both dialects', async () => {
  const answer = await fetch(`${app.url}/nowhere/at%20all?key=secret`, { method: 'DELETE' });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    error: {
      message: 'There is no DELETE /nowhere/at%20all here.',
      type: 'invalid_request_error',
      param: null,
      code: 'unknown_url',
    },
    object: 'error',
    message: 'There is no DELETE /nowhere/at%20all here.',
    code: 40001,
  });
});

it('routers are asked in their order', async () => {
  expect(await (await fetch(`${app.url}/a`)).text()).toBe('first');
  expect(await (await fetch(`${app.url}/b`)).json()).toEqual({ b: 1 });
});

it('answers tell neither the framework nor an etag', async () => {
  const { headers } = await fetch(`${app.url}/b`);
  expect([headers.get('x-powered-by'), headers.get('etag')]).toEqual([null, null]);
});

it("the metrics page has the requests and the process' own metrics", async () => {
  await (await fetch(`${app.url}/a`)).text();
  const answer = await fetch(`${app.url}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const page = await answer.text();
  expect(page).toContain('orcestator_tiny_http_requests_total{method="GET",route="/a",status="200"}');
  expect(page).toContain('process_cpu_seconds_total');
});
