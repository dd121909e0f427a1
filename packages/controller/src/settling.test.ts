/** The first moments of a controller that was restarted under running requests. */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { startController, type TestController } from './testing/start-controller';

const clock = createManualClock();
const worker = 'http://127.0.0.1:1';
const status = (model: string) => ({ model_names: [model], speed: 1, queue_length: 0 });
let controller: TestController;
beforeEach(async () => {
  controller = await startController({ settleTime: 3 }, { clock });
});
afterEach(() => controller.close());

const register = (model: string) =>
  controller.post('/register_worker', {
    worker_name: worker,
    check_heart_beat: true,
    worker_status: status(model),
  });

function ask(model: string) {
  const question = { settled: false, answer: controller.post('/get_worker_address', { model }) };
  void question.answer.then(() => (question.settled = true));
  return question;
}

it('a question waits for the worker of its model, whoever else registers first', async () => {
  const question = ask('orcestator');
  await register('other');
  await controller.get('/test_connection');
  expect(question.settled).toBe(false);
  await register('orcestator');
  expect((await question.answer).json).toMatchObject({ address: worker });
});

it('when the time is over nobody waits any more', async () => {
  const question = ask('orcestator');
  await controller.get('/test_connection');
  await eventually(async () => {
    await clock.advance(3_000);
    return question.settled;
  });
  expect((await question.answer).json).toEqual({ address: '' });
  expect((await controller.post('/get_worker_address', { model: 'orcestator' })).json).toEqual({
    address: '',
  });
});
