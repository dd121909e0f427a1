/** What is counted and logged about each request. */
import { get } from 'node:http';
import { Router } from 'express';
import { Registry } from 'prom-client';
import { createManualClock, createRecordingLogger, eventually, startApp } from '../testing';
import { createHttpApp } from './create-http-app';
import type { Listening } from './listen';

const clock = createManualClock();
const logger = createRecordingLogger();
const registry = new Registry();
let app: Listening;

beforeAll(async () => {
  const router = Router();
  router.get('/models/:id', (_request, response) => void response.send('ok'));
  router.get('/slow', async (_request, response) => {
    await clock.advance(2_400);
    response.send('ok');
  });
  router.get('/stream', (_request, response) => void response.write('begun'));
  router.get('/health', (request, response) => void response.status(request.query.bad ? 503 : 200).send());
  router.get('/fail', () => {
    throw new Error('unforeseen');
  });
  app = await startApp(createHttpApp({ metricPrefix: 't', registry, logger, clock, routers: [router] }));
});
afterAll(() => app.close());
beforeEach(() => {
  registry.resetMetrics();
  logger.lines.length = 0;
});

/** How often a request with these labels has ended. */
async function count(method: string, route: string, status: number): Promise<number> {
  const { values } = (await registry.getSingleMetric('t_http_requests_total')?.get()) ?? { values: [] };
  const isIt = (labels: Partial<Record<string, unknown>>): boolean =>
    labels.method === method && labels.route === route && labels.status === String(status);
  return values.find(({ labels }) => isIt(labels))?.value ?? 0;
}

/** Asks and waits until the line of the request is written. */
async function ask(path: string, init: RequestInit = {}): Promise<string> {
  await (await fetch(`${app.url}${path}`, init)).text();
  await eventually(() => logger.lines.some((line) => line.includes('status=')));
  return logger.lines.find((line) => line.includes('status=')) ?? '';
}

it('requests are counted by route pattern, not by path', async () => {
  await ask('/models/a');
  await ask('/models/b');
  expect(await count('GET', '/models/:id', 200)).toBe(2);
});

it('unknown paths share one label', async () => {
  await ask('/x1');
  await ask('/x2', { method: 'POST' });
  expect([await count('GET', 'unmatched', 404), await count('POST', 'unmatched', 404)]).toEqual([1, 1]);
});

it('a failed request is counted with the status of its answer', async () => {
  await ask('/fail');
  expect(await count('GET', '/fail', 500)).toBe(1);
});

it('a client that leaves before the end is counted as 499', async () => {
  const request = get(`${app.url}/stream`, (answer) => answer.once('data', () => request.destroy()));
  request.on('error', () => undefined);
  await eventually(async () => (await count('GET', '/stream', 499)) === 1);
  expect(logger.lines.join()).toContain('GET /stream status=499');
});

it('the duration is measured from the request to the end of its answer', async () => {
  await ask('/slow');
  const page = await registry.metrics();
  expect(page).toContain('t_http_request_duration_seconds_sum{method="GET",route="/slow",status="200"} 2.4');
  expect(page).toContain(
    't_http_request_duration_seconds_bucket{le="1",method="GET",route="/slow",status="200"} 0',
  );
});

it('the line has method, path, status, milliseconds and id, but not the query', async () => {
  const line = await ask('/slow?key=secret', { headers: { 'x-request-id': 'mine' } });
  expect(line).toBe('info GET /slow status=200 ms=2400 id="mine"');
});

it('what is asked all the time is logged at debug level, whatever the answer', async () => {
  expect(await ask('/health')).toMatch(/^debug .*status=200/);
  logger.lines.length = 0;
  expect(await ask('/health?bad=1')).toMatch(/^debug .*status=503/);
});
