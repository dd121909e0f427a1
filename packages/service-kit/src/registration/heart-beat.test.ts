/** The worker registers whatever the order of starting, and again when the controller forgot it. */
import { createManualClock, createRecordingLogger } from '../testing';
import type { RegistrationClient } from './registration-client';
import { HeartBeat } from './heart-beat';

const INTERVAL = 45_000;

/** A controller that is up or down, and knows the worker or not. */
class FakeController implements RegistrationClient {
  isUp = true;
  isKnown = false;
  calls: string[] = [];
  onCall: () => void = () => undefined;

  async registerToController(): Promise<void> {
    await this.#call('register');
    this.isKnown = true;
  }

  async sendHeartBeat(queueLength: number): Promise<boolean> {
    await this.#call(`beat ${queueLength}`);
    return this.isKnown;
  }

  async removeWorker(): Promise<void> {
    await this.#call('remove');
    this.isKnown = false;
  }

  #call(name: string): Promise<void> {
    this.calls.push(name);
    this.onCall();
    this.onCall = () => undefined;
    return this.isUp ? Promise.resolve() : Promise.reject(new Error('refused'));
  }
}

function setUp() {
  const clock = createManualClock();
  const controller = new FakeController();
  const logger = createRecordingLogger();
  const states: boolean[] = [];
  const heartBeat = new HeartBeat({
    controller,
    status: () => ({ model_names: ['orcestator'], speed: 1, queue_length: 3 }),
    interval: INTERVAL,
    clock,
    random: () => 0,
    logger,
    onState: (isRegistered) => states.push(isRegistered),
  });
  return { clock, controller, logger, states, heartBeat };
}

it('registers at once and beats with its queue length at each interval', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  expect(controller.calls).toEqual(['register']);
  await clock.advance(2 * INTERVAL);
  expect(controller.calls).toEqual(['register', 'beat 3', 'beat 3']);
});

it('a controller started later is found, with growing pauses, and the log says it once', async () => {
  const { clock, controller, logger, states, heartBeat } = setUp();
  controller.isUp = false;
  heartBeat.start();
  await clock.advance(249);
  expect(controller.calls).toHaveLength(1);
  await clock.advance(1);
  expect(controller.calls).toHaveLength(2);
  await clock.advance(60_000);
  expect(controller.calls.length).toBeLessThan(30);
  controller.isUp = true;
  await clock.advance(3_000);
  expect(controller.isKnown).toBe(true);
  expect(states.at(-1)).toBe(true);
  expect(logger.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
});

it('a controller that forgot the worker is told again in the same beat', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  controller.isKnown = false;
  await clock.advance(INTERVAL);
  expect(controller.calls).toEqual(['register', 'beat 3', 'register']);
});

it('a failing registration never ends the beats (FastChat defect 14)', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  controller.isKnown = false;
  controller.isUp = false;
  await clock.advance(10 * INTERVAL);
  controller.isUp = true;
  await clock.advance(3_000);
  expect(controller.isKnown).toBe(true);
});

it('wake beats before the interval is over', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  heartBeat.wake(100);
  await clock.advance(100);
  expect(controller.calls).toEqual(['register', 'beat 3']);
});

it('stop signs off and beats no more', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  await heartBeat.stop();
  await clock.advance(10 * INTERVAL);
  expect(controller.calls).toEqual(['register', 'remove']);
  expect(clock.pending()).toBe(0);
});

it('stop does not wait for a controller that is gone', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.start();
  await clock.advance(0);
  controller.isUp = false;
  await expect(heartBeat.stop()).resolves.toBeUndefined();
});

it('registers again when what it serves has changed, also in the middle of a beat', async () => {
  const { clock, controller, heartBeat } = setUp();
  heartBeat.registerAgain();
  heartBeat.start();
  await clock.advance(0);
  expect(controller.calls).toEqual(['register']);
  heartBeat.registerAgain();
  await clock.advance(0);
  expect(controller.calls).toEqual(['register', 'register']);
  const beating = clock.advance(INTERVAL);
  controller.onCall = () => heartBeat.registerAgain();
  await beating;
  expect(controller.calls).toEqual(['register', 'register', 'beat 3', 'register']);
});
