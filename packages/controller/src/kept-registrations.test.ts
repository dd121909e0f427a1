/** Workers added by hand survive a restart of the controller. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecordingLogger, eventually } from '@orcestator/service-kit/testing';
import { startController } from './testing/start-controller';
import { answerJson, startStubWorker, type StubWorker } from './testing/start-stub-worker';

let folder: string;
let stateFile: string;
let server: StubWorker;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  stateFile = join(folder, 'below', 'controller.json');
  server = await startStubWorker({ '/v1/models': answerJson({ data: [{ id: 'llama3' }] }) });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const models = async (controller: { post(path: string): Promise<{ text: string }> }): Promise<string> =>
  (await controller.post('/list_models')).text;

it('comes back after a restart, asked anew, and is forgotten once removed', async () => {
  let controller = await startController({ stateFile });
  await controller.post('/register_worker', { worker_name: server.url, check_heart_beat: false });
  await controller.post('/register_worker', {
    worker_name: 'http://beats:1',
    worker_status: { model_names: ['of a worker with heart beats'] },
  });
  await controller.close();
  expect(readdirSync(join(folder, 'below'))).toEqual(['controller.json']);

  controller = await startController({ stateFile });
  await eventually(async () => (await models(controller)) === '{"models":["llama3"]}');
  await controller.post('/remove_worker', { worker_name: server.url });
  await controller.close();

  controller = await startController({ stateFile });
  expect((await controller.post('/list_workers')).json).toMatchObject({ workers: [], is_kept: true });
  await controller.close();
});

it('rests until it answers', async () => {
  let controller = await startController({ stateFile });
  const request = { worker_name: 'http://127.0.0.1:9', check_heart_beat: false };
  await controller.post('/register_worker', { ...request, worker_status: { model_names: ['gone'] } });
  await controller.close();
  controller = await startController({ stateFile });
  expect(await models(controller)).toBe('{"models":[]}');
  expect((await controller.post('/list_workers')).json).toMatchObject({
    workers: [{ model_names: ['gone'], is_available: false }],
  });
  await controller.close();
});

it.each(['nonsense', '{"workers":[{"worker_name":1}]}'])(
  'starts without a file that is %s',
  async (content) => {
    stateFile = join(folder, 'broken.json');
    writeFileSync(stateFile, content);
    const logger = createRecordingLogger();
    const controller = await startController({ stateFile }, { logger });
    await controller.close();
    expect(logger.lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
  },
);

it('forgets without a file, and says so', async () => {
  const controller = await startController();
  expect((await controller.post('/list_workers')).json).toEqual({
    workers: [],
    probe_interval: 10,
    is_kept: false,
  });
  await controller.close();
});
