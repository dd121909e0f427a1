/** A refresh never empties the registry and loses nobody (F7). */
import type { WorkerStatus } from '@orcestator/protocol';
import { createTestController, statusOf } from './testing/create-test-controller';

const A = 'http://a:1';
const B = 'http://b:1';

/** A status that is told when the test says so. */
function held(status: WorkerStatus) {
  let tell = (): void => undefined;
  const told = new Promise<WorkerStatus>((resolve) => (tell = () => resolve(status)));
  return { ask: () => told, tell: () => tell() };
}

async function withWorkers(...names: string[]) {
  const parts = createTestController();
  for (const worker_name of names) {
    await parts.controller.registerWorker({
      worker_name,
      check_heart_beat: true,
      worker_status: statusOf(worker_name),
    });
  }
  return parts;
}

describe('refreshAllWorkers', () => {
  it('takes over what the workers tell and drops those that tell nothing', async () => {
    const { controller, answers, logger } = await withWorkers(A, B);
    answers.set(A, () => Promise.resolve({ ...statusOf('fresh'), queue_length: 4 }));
    await controller.refreshAllWorkers();
    expect(controller.listModels()).toEqual(['fresh']);
    expect(controller.queueLength).toBe(4);
    expect(logger.lines).toContain(`info worker removed: refresh worker="${B}"`);
  });

  it('serves the old registry while it asks, and asks all workers at once', async () => {
    const { controller, answers } = await withWorkers(A, B);
    const [a, b] = [held(statusOf('a')), held(statusOf('b'))];
    answers.set(A, a.ask).set(B, b.ask);
    const refreshed = controller.refreshAllWorkers();
    b.tell();
    expect(controller.listModels()).toEqual([A, B]);
    expect(controller.getWorkerAddress({ model: A }).address).toBe(A);
    a.tell();
    await refreshed;
    expect(controller.listModels()).toEqual(['a', 'b']);
  });

  it('does not lose a worker that registers meanwhile', async () => {
    const { controller, answers } = await withWorkers(A);
    const a = held(statusOf('a'));
    answers.set(A, a.ask);
    const refreshed = controller.refreshAllWorkers();
    await controller.registerWorker({ worker_name: B, check_heart_beat: true, worker_status: statusOf('b') });
    a.tell();
    await refreshed;
    expect(controller.listModels()).toEqual(['a', 'b']);
  });

  it('keeps the newer word of a worker that registers again meanwhile', async () => {
    const { controller, answers } = await withWorkers(A);
    const a = held(statusOf('stale'));
    answers.set(A, a.ask);
    const refreshed = controller.refreshAllWorkers();
    await controller.registerWorker({
      worker_name: A,
      check_heart_beat: true,
      worker_status: statusOf('new'),
    });
    a.tell();
    await refreshed;
    expect(controller.listModels()).toEqual(['new']);
  });

  it('does not bring back a worker that leaves meanwhile', async () => {
    const { controller, answers } = await withWorkers(A, B);
    const a = held(statusOf('a'));
    answers.set(A, a.ask).set(B, () => Promise.resolve(statusOf('b')));
    const refreshed = controller.refreshAllWorkers();
    controller.removeWorker(A);
    a.tell();
    await refreshed;
    expect(controller.listModels()).toEqual(['b']);
  });

  it('runs once for callers that come while it runs, and anew for later ones', async () => {
    const { controller, answers } = await withWorkers(A);
    let asked = 0;
    answers.set(A, () => Promise.resolve(statusOf(`asked ${(asked += 1)}`)));
    await Promise.all([controller.refreshAllWorkers(), controller.refreshAllWorkers()]);
    expect(asked).toBe(1);
    await controller.refreshAllWorkers();
    expect(controller.listModels()).toEqual(['asked 2']);
  });

  it('asks a bounded number of workers at a time', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `http://w${index}`);
    const { controller, answers } = await withWorkers(...names);
    let [running, most] = [0, 0];
    for (const name of names) {
      answers.set(name, async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
        return statusOf(name);
      });
    }
    await controller.refreshAllWorkers();
    expect(most).toBe(16);
    expect(controller.listModels()).toEqual(names);
  });
});
