/** Who may call a service of a cluster. */
import { Router } from 'express';
import { clusterHeaders, clusterToken, isSameSecret, requireClusterToken } from './cluster-secret';
import { createHttpApp, type Listening } from './index';
import { createTestKit, startApp } from './testing';

const WORKER = 'http://127.0.0.1:8002';
let app: Listening | undefined;
afterEach(() => app?.close());

/** The status of a call to a service that wants this token. */
async function statusOf(
  token: Parameters<typeof requireClusterToken>[0],
  headers: Record<string, string> = {},
): Promise<number> {
  const router = Router().get(
    '/',
    requireClusterToken(token),
    (_request, response) => void response.send('ok'),
  );
  app = await startApp(createHttpApp({ ...createTestKit(), metricPrefix: 't', routers: [router] }));
  const { status } = await fetch(app.url, { headers });
  await app.close();
  return status;
}

it('without a secret everybody may call', async () => {
  expect(await statusOf('')).toBe(200);
  expect(await statusOf('', { authorization: 'Bearer whatever' })).toBe(200);
});

it('without a secret there is neither a token nor a header', () => {
  expect(clusterToken('', WORKER)).toBe('');
  expect(clusterHeaders('', WORKER)).toEqual({});
});

it('the headers for a worker open that worker', async () => {
  expect(await statusOf(clusterToken('hunter22', WORKER), clusterHeaders('hunter22', WORKER))).toBe(200);
});

it('the headers for one worker do not open another one', async () => {
  expect(await statusOf(clusterToken('hunter22', WORKER), clusterHeaders('hunter22', 'http://evil'))).toBe(
    403,
  );
});

it('a token does not contain the secret', () => {
  expect(clusterToken('hunter22', WORKER)).toMatch(/^[0-9a-f]{64}$/);
});

it.each(['Bearer hunter22', 'bearer  hunter22'])('the secret may be a bearer: %s', async (authorization) => {
  expect(await statusOf('hunter22', { authorization })).toBe(200);
});

it.each<Record<string, string>>([
  {},
  { 'x-orcestator-cluster-token': '' },
  { 'x-orcestator-cluster-token': 'hunter2' },
  { 'x-orcestator-cluster-token': 'hunter222' },
  { authorization: 'Basic hunter22' },
])('the headers %j are not permitted', async (headers) => {
  expect(await statusOf('hunter22', headers)).toBe(403);
});

it('a refusal names the setting and not the secret', async () => {
  const router = Router().use(requireClusterToken('hunter22'));
  app = await startApp(createHttpApp({ ...createTestKit(), metricPrefix: 't', routers: [router] }));
  const body = await (await fetch(app.url)).text();
  expect(body).toContain('OR_CLUSTER_SECRET');
  expect(body).not.toContain('hunter22');
});

it('a token that is known later is asked for at each request', async () => {
  expect(await statusOf(() => 'later', { 'x-orcestator-cluster-token': 'later' })).toBe(200);
  expect(await statusOf(() => 'later')).toBe(403);
});

it('any of several tokens opens', async () => {
  const tokens = () => ['secret', 'token'];
  expect(await statusOf(tokens, { 'x-orcestator-cluster-token': 'token' })).toBe(200);
  expect(await statusOf(tokens, { authorization: 'Bearer secret' })).toBe(200);
  expect(await statusOf(tokens, { authorization: 'Bearer neither' })).toBe(403);
});

it('secrets of any length are compared', () => {
  expect(isSameSecret('a', 'a')).toBe(true);
  expect(isSameSecret('a', 'ab')).toBe(false);
  expect(isSameSecret('', 'a')).toBe(false);
});
