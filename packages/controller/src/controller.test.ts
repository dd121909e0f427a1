/** The registry without HTTP. */
import { createTestController, statusOf } from './testing/create-test-controller';

const A = 'http://a:1';
const B = 'http://b:1';

const request = (worker_name: string, ...models: string[]) => ({
  worker_name,
  check_heart_beat: true,
  worker_status: statusOf(...models),
});

describe('registerWorker', () => {
  it('asks the worker for its status where none is given', async () => {
    const { controller, answers } = createTestController();
    answers.set(A, () => Promise.resolve(statusOf('m')));
    await controller.registerWorker({ worker_name: A, check_heart_beat: true });
    expect(controller.listModels()).toEqual(['m']);
  });

  it('throws and changes nothing where the worker cannot be reached', async () => {
    const { controller } = createTestController();
    const outcomes: string[] = [];
    controller.events.on('registered', (outcome) => outcomes.push(outcome));
    await controller.registerWorker(request(A, 'm'));
    await expect(controller.registerWorker({ worker_name: A, check_heart_beat: true })).rejects.toMatchObject(
      { kind: 'worker_unreachable' },
    );
    await expect(controller.registerWorker({ worker_name: B, check_heart_beat: true })).rejects.toMatchObject(
      { kind: 'worker_unreachable' },
    );
    expect(controller.listModels()).toEqual(['m']);
    expect(controller.workerCount).toBe(1);
    expect(outcomes).toEqual(['new', 'failed', 'failed']);
  });

  it('replaces a worker that registers again and says so in the log', async () => {
    const { controller, logger } = createTestController();
    await controller.registerWorker(request(A, 'old'));
    await controller.registerWorker(request(`${A}/`, 'new'));
    expect(controller.listModels()).toEqual(['new']);
    expect(controller.workerCount).toBe(1);
    expect(logger.lines[0]).toContain('info worker registered');
    expect(logger.lines[1]).toContain('info worker registered again');
  });
});

describe('receiveHeartBeat', () => {
  it('takes over the queue length and is silent at info', async () => {
    const { controller, logger } = createTestController();
    await controller.registerWorker(request(A, 'm'));
    await controller.registerWorker(request(B, 'm'));
    expect(controller.receiveHeartBeat({ worker_name: A, queue_length: 5 })).toBe(true);
    expect(controller.queueLength).toBe(5);
    expect(controller.getWorkerAddress({ model: 'm' }).address).toBe(B);
    expect(logger.lines.filter((line) => line.startsWith('info'))).toHaveLength(2);
  });

  it('knows a worker whatever slash ends its name', async () => {
    const { controller } = createTestController();
    await controller.registerWorker(request(A, 'm'));
    expect(controller.receiveHeartBeat({ worker_name: `${A}/`, queue_length: 1 })).toBe(true);
    expect(controller.receiveHeartBeat({ worker_name: B, queue_length: 1 })).toBe(false);
  });
});

describe('removeWorker', () => {
  it('takes the worker off the list once and tells why', async () => {
    const { controller, logger } = createTestController();
    const removed: string[] = [];
    controller.events.on('removed', (name, reason) => removed.push(`${name} ${reason}`));
    await controller.registerWorker(request(A, 'm'));
    expect(controller.removeWorker(A)).toBe(true);
    expect(controller.removeWorker(A)).toBe(false);
    expect(controller.listModels()).toEqual([]);
    expect(controller.getWorkerAddress({ model: 'm' })).toEqual({ address: '' });
    expect(removed).toEqual([`${A} deregistered`]);
    expect(logger.lines.at(-1)).toContain('info worker removed: deregistered');
  });
});

describe('getWorkerAddress', () => {
  it('adds the protocols of the worker, FastChat by default', async () => {
    const { controller } = createTestController();
    await controller.registerWorker(request(A, 'a'));
    await controller.registerWorker({
      ...request(B),
      worker_status: { ...statusOf('b'), protocols: ['openai', 'fastchat'] },
    });
    expect(controller.getWorkerAddress({ model: 'a' })).toEqual({ address: A, protocols: ['fastchat'] });
    expect(controller.getWorkerAddress({ model: 'b' })).toEqual({
      address: B,
      protocols: ['openai', 'fastchat'],
    });
  });

  it('never answers an excluded worker', async () => {
    const { controller } = createTestController();
    await controller.registerWorker(request(A, 'm'));
    await controller.registerWorker(request(B, 'm'));
    expect(controller.getWorkerAddress({ model: 'm', exclude: [`${A}/`] }).address).toBe(B);
    expect(controller.getWorkerAddress({ model: 'm', exclude: [A, B] })).toEqual({ address: '' });
  });

  it('lists no patterns but dispatches by them', async () => {
    const { controller } = createTestController();
    await controller.registerWorker({
      ...request(A),
      worker_status: { ...statusOf('orcestator'), model_patterns: ['*/*'] },
    });
    expect(controller.listModels()).toEqual(['orcestator']);
    expect(controller.getWorkerAddress({ model: 'vendor/model:free' }).address).toBe(A);
    expect(controller.getWorkerAddress({ model: 'vendor' }).address).toBe('');
  });

  it('draws by the lottery where that is the method', async () => {
    let draw = 0;
    const { controller } = createTestController({ dispatchMethod: 'lottery', random: () => draw });
    await controller.registerWorker(request(A, 'm'));
    await controller.registerWorker(request(B, 'm'));
    expect(controller.getWorkerAddress({ model: 'm' }).address).toBe(A);
    draw = 0.9;
    expect(controller.getWorkerAddress({ model: 'm' }).address).toBe(B);
  });
});

describe('workerGetStatus', () => {
  it('sums the reachable workers and unites protocols and patterns', async () => {
    const { controller, answers } = createTestController();
    answers.set(A, () => Promise.resolve({ ...statusOf('m', 'a'), speed: 2, queue_length: 3 }));
    answers.set(B, () =>
      Promise.resolve({ ...statusOf('m'), queue_length: 1, protocols: ['openai'], model_patterns: ['*/*'] }),
    );
    await controller.registerWorker(request(A, 'm'));
    await controller.registerWorker(request('http://dead', 'gone'));
    await controller.registerWorker(request(B, 'm'));
    expect(await controller.workerGetStatus()).toEqual({
      controller_id: 'this',
      model_names: ['m', 'a'],
      speed: 3,
      queue_length: 4,
      protocols: ['fastchat', 'openai'],
      model_patterns: ['*/*'],
      protocols_by_model: { a: ['fastchat'] },
    });
  });

  it('learns by it what it dispatches by', async () => {
    const { controller, answers } = createTestController();
    answers.set(A, () => Promise.resolve({ ...statusOf('new'), protocols: ['openai', 'fastchat'] }));
    await controller.registerWorker(request(A, 'old'));
    await controller.workerGetStatus();
    expect(controller.getWorkerAddress({ model: 'new', protocol: 'openai' }).address).toBe(A);
  });

  it('leaves the patterns out where there are none', async () => {
    const { controller } = createTestController();
    expect(await controller.workerGetStatus()).not.toHaveProperty('model_patterns');
  });
});
