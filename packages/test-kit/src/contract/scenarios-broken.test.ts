/** Failures before the first content are HTTP statuses, failures after it are in the stream; nothing is asked twice. */
import { eventually } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';
import { endlessCases, midStreamCases, refusedCases } from './broken.cases';
import { holdBreak, holdRefusal } from './hold-to-contract';

/** Some of these answers are large, and the machine may be busy. */
jest.setTimeout(30_000);

let stack: InProcessStack;
afterAll(() => stack.stop());
const requests = () => stack.simulator.simulator.requests;
const asked = (scenario: string) => requests().filter(({ model }) => model === `sim/${scenario}`);

describe('without retries', () => {
  beforeAll(async () => {
    stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
  });

  describe.each(refusedCases)('sim/$scenario, $holds', (expected) => {
    it('streamed', () => holdRefusal(stack, expected, { stream: true }));
    it('in one body', () => holdRefusal(stack, expected));
    it('asks the upstream once each', () => expect(asked(expected.scenario)).toHaveLength(2));
  });

  describe.each(midStreamCases)('sim/$scenario, $holds', (expected) => {
    it('streamed', () => holdBreak(stack, expected));
    it('in one body', () => holdRefusal(stack, expected));
  });
});

describe('with timers of a fraction of a second', () => {
  beforeAll(async () => {
    await stack.stop();
    const env = { OR_MAX_RETRIES: '0', OR_CONTENT_IDLE_TIMEOUT: '0.3', OR_BYTE_IDLE_TIMEOUT: '0.2' };
    stack = await InProcessStack.start({ env });
  });

  describe.each(endlessCases)('sim/$scenario, $holds', (expected) => {
    it('streamed', () =>
      expected.after === undefined
        ? holdRefusal(stack, expected, { stream: true })
        : holdBreak(stack, expected));
    it('in one body', () => holdRefusal(stack, expected));
    it('is cut off at the upstream, and asked once each', async () => {
      await eventually(() => asked(expected.scenario).every(({ outcome }) => outcome === 'cancelled'));
      expect(asked(expected.scenario)).toHaveLength(2);
    });
  });

  it('pitfall 26: a connection that stays open after [DONE] is closed, the answer does not wait for it', async () => {
    const start = Date.now();
    await (await stack.chat({ model: 'sim/done-linger', stream: true })).text();
    // Without the rule it would wait the five seconds that an answer waits after its finish.
    expect(Date.now() - start).toBeLessThan(4_000);
    await eventually(() => asked('done-linger').at(-1)?.abortedAt !== undefined);
  });
});
