/** The whole controller over HTTP: bad inputs, limits, metrics, the cluster secret. */
import { CLUSTER_TOKEN_HEADER } from '@orcestator/protocol';
import { startController, type TestController } from './testing/start-controller';

const STATUS = { model_names: ['m'], speed: 1, queue_length: 3 };
const register = (controller: TestController, worker_name: string, headers = {}) =>
  controller.post('/register_worker', { worker_name, worker_status: STATUS }, headers);

describe('the controller over HTTP', () => {
  let controller: TestController;
  beforeEach(async () => (controller = await startController()));
  afterEach(() => controller.close());

  it('tells its health', async () => {
    await register(controller, 'http://a:1');
    expect((await controller.get('/health')).json).toEqual({ status: 'ok', workers: 1, models: ['m'] });
  });

  it('removes a worker that says goodbye', async () => {
    await register(controller, 'http://a:1');
    const goodbye = { worker_name: 'http://a:1/' };
    expect((await controller.post('/remove_worker', goodbye)).json).toEqual({ exist: true });
    expect((await controller.post('/remove_worker', goodbye)).json).toEqual({ exist: false });
    expect((await controller.post('/list_models')).json).toEqual({ models: [] });
  });

  it('excludes workers that just failed', async () => {
    await register(controller, 'http://a:1');
    await register(controller, 'http://b:1');
    const question = { model: 'm', exclude: ['http://a:1'] };
    expect((await controller.post('/get_worker_address', question)).json).toEqual({
      address: 'http://b:1',
      protocols: ['fastchat'],
    });
  });

  it.each([
    ['/register_worker', { worker_name: 'ftp://a', worker_status: STATUS }, /http or https/],
    ['/register_worker', { worker_name: 'http://a', worker_status: { model_names: 'm' } }, /model_names/],
    ['/register_worker', '[]', /JSON object/],
    ['/register_worker', undefined, /worker_name is missing/],
    ['/register_worker', 'null', /JSON/],
    ['/receive_heart_beat', { worker_name: 'http://a' }, /queue_length must be a number/],
    ['/get_worker_address', { model: 'm', exclude: 'http://a' }, /exclude must be a list/],
    ['/get_worker_address', { model: 7 }, /model is missing/],
    ['/remove_worker', {}, /worker_name is missing/],
  ])('answers 400 to %s with %j', async (path, body, message) => {
    const answer = await controller.post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ message: expect.stringMatching(message), code: 40001 });
  });

  it('answers 413 to a control call of more than 1 MB, and relays more than that', async () => {
    const big = JSON.stringify({ model: 'none', padding: 'x'.repeat(1_100_000) });
    expect((await controller.post('/get_worker_address', big)).status).toBe(413);
    expect((await controller.post('/v1/chat/completions', big)).status).toBe(503);
  });

  it('counts what happens', async () => {
    await register(controller, 'http://a:1');
    await register(controller, 'http://a:1');
    await register(controller, 'http://b:1');
    await controller.post('/register_worker', { worker_name: 'http://127.0.0.1:9' });
    await controller.post('/get_worker_address', { model: 'm' });
    await controller.post('/get_worker_address', { model: 'none' });
    await controller.post('/remove_worker', { worker_name: 'http://b:1' });
    const { text } = await controller.get('/metrics');
    const lines = text.split('\n').filter((line) => /^orcestator_controller_(?!http_|errors_)/.test(line));
    expect(lines).toEqual([
      'orcestator_controller_dispatches_total{outcome="found"} 1',
      'orcestator_controller_dispatches_total{outcome="none"} 1',
      'orcestator_controller_registrations_total{outcome="new"} 2',
      'orcestator_controller_registrations_total{outcome="again"} 1',
      'orcestator_controller_registrations_total{outcome="failed"} 1',
      'orcestator_controller_workers_removed_total{reason="expired"} 0',
      'orcestator_controller_workers_removed_total{reason="deregistered"} 1',
      'orcestator_controller_workers_removed_total{reason="lost"} 0',
      'orcestator_controller_workers_removed_total{reason="refresh"} 0',
      'orcestator_controller_probes_total{outcome="ok"} 0',
      'orcestator_controller_probes_total{outcome="failed"} 0',
      'orcestator_controller_workers 1',
      'orcestator_controller_unavailable_workers 0',
      'orcestator_controller_queue_length 4',
    ]);
    expect(text).toContain('orcestator_controller_errors_total{kind="worker_unreachable"} 1');
  });
});

describe('the cluster secret', () => {
  let controller: TestController;
  beforeEach(async () => (controller = await startController({ clusterSecret: 'cluster secret' })));
  afterEach(() => controller.close());

  it.each(['/test_connection', '/health', '/metrics'])('is not needed for %s', async (path) => {
    expect((await controller.get(path)).status).toBe(200);
  });

  it.each([
    '/register_worker',
    '/receive_heart_beat',
    '/remove_worker',
    '/refresh_all_workers',
    '/list_models',
    '/list_multimodal_models',
    '/list_language_models',
    '/get_worker_address',
    '/worker_get_status',
    '/worker_generate_stream',
    '/v1/chat/completions',
  ])('is needed for %s', async (path) => {
    expect((await controller.post(path, {})).status).toBe(403);
    expect((await controller.post(path, {}, { [CLUSTER_TOKEN_HEADER]: 'wrong' })).status).toBe(403);
  });

  it('is needed for a presence', async () => {
    expect((await controller.get('/worker_presence?worker_name=http://a:1')).status).toBe(403);
  });

  it('lets those in who know it', async () => {
    const secret = { [CLUSTER_TOKEN_HEADER]: 'cluster secret' };
    expect((await register(controller, 'http://a:1', secret)).status).toBe(200);
    expect((await controller.post('/list_models', undefined, secret)).json).toEqual({ models: ['m'] });
  });
});
