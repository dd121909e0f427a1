/** Expiration, with time moved by hand. */
import { createHeartBeatSweeper } from './heart-beat-sweeper';
import { createTestController, statusOf } from './testing/create-test-controller';

const start = (heartBeatExpiration = 90) => {
  const { controller, clock } = createTestController({ heartBeatExpiration });
  const register = (worker_name: string, check_heart_beat = true) =>
    controller.registerWorker({ worker_name, check_heart_beat, worker_status: statusOf(worker_name) });
  const sweeper = createHeartBeatSweeper(controller, clock);
  sweeper.start();
  return { controller, clock, register, sweeper };
};

describe('the heart beat sweeper', () => {
  it('drops a worker within a second of its expiration, not before', async () => {
    const { controller, clock, register } = start();
    await clock.advance(30_000);
    await register('http://a');
    await clock.advance(90_000);
    expect(controller.listModels()).toEqual(['http://a']);
    await clock.advance(1_000);
    expect(controller.listModels()).toEqual([]);
  });

  it('keeps a worker whose heart beats', async () => {
    const { controller, clock, register } = start();
    await register('http://a');
    await register('http://b');
    for (let beat = 0; beat < 10; beat += 1) {
      await clock.advance(45_000);
      controller.receiveHeartBeat({ worker_name: 'http://a', queue_length: 0 });
    }
    expect(controller.listModels()).toEqual(['http://a']);
  });

  it('never drops a worker without check_heart_beat', async () => {
    const { controller, clock, register } = start();
    await register('http://a', false);
    await clock.advance(10 * 90_000);
    expect(controller.listModels()).toEqual(['http://a']);
  });

  it('drops each of several workers at its own time', async () => {
    const { controller, clock, register } = start(10);
    await register('http://a');
    await clock.advance(4_000);
    await register('http://b');
    await clock.advance(7_000);
    expect(controller.listModels()).toEqual(['http://b']);
    await clock.advance(4_000);
    expect(controller.listModels()).toEqual([]);
  });

  it('waits with one timer, and with none once stopped', async () => {
    const { clock, register, sweeper } = start();
    await register('http://a');
    await clock.advance(500_000);
    expect(clock.pending()).toBe(1);
    sweeper.stop();
    expect(clock.pending()).toBe(0);
  });

  it('does not wake all the time when the expiration is longer than a timer can be', async () => {
    const { clock } = start(1e9);
    const after = jest.spyOn(clock, 'after');
    await clock.advance(10 * 3_600_000);
    expect(after.mock.calls.every(([milliseconds]) => milliseconds <= 3_600_000)).toBe(true);
    expect(after.mock.calls).toHaveLength(10);
  });
});
