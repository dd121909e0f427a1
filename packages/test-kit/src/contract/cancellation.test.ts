/** A client that leaves, in every phase of an answer: both hops close within 100 ms and nothing is asked again. */
import { eventually } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
beforeEach(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '2' } });
  // The first request of a process is slower than all others.
  for (const stream of [true, false]) await (await stack.chat({ stream })).text();
  stack.simulator.simulator.reset();
});
afterEach(() => stack.stop());

const requests = () => stack.simulator.simulator.requests;
const workerMetrics = async () => (await fetch(`${stack.worker.url}/metrics`)).text();

interface Phase {
  readonly phase: string;
  readonly scenario: string;
  readonly isStream: boolean;
  /** The client has got the beginning of the answer. */
  readonly hasBegun?: boolean;
}

const phases: readonly Phase[] = [
  { phase: 'before the head of the answer', scenario: 'slow-first-token:30+merge-all', isStream: true },
  { phase: 'before the first token', scenario: 'slow-first-token:30', isStream: true },
  { phase: 'in the comments', scenario: 'comments-forever', isStream: true },
  { phase: 'after content', scenario: 'stall-after:3', isStream: true, hasBegun: true },
  { phase: 'in silence after content', scenario: 'stall-silent:3', isStream: true, hasBegun: true },
  { phase: 'in the middle of a fast stream', scenario: 'text:1000000', isStream: true, hasBegun: true },
  { phase: 'of one body, before the head', scenario: 'slow-first-token:30+merge-all', isStream: false },
  { phase: 'of one body, before the first token', scenario: 'slow-first-token:30', isStream: false },
  { phase: 'while one body is collected', scenario: 'stall-after:3', isStream: false },
];

const LONGEST_DELAY_MS = 100;
const ATTEMPTS = 10;

/** The best of some: what is measured is the gateway, not what else this machine does. */
async function holdDelay(leave: (count: number) => Promise<number>): Promise<void> {
  const delays: number[] = [];
  do delays.push(await leave(delays.length + 1));
  while (Math.min(...delays) >= LONGEST_DELAY_MS && delays.length < ATTEMPTS);
  expect(Math.min(...delays)).toBeLessThan(LONGEST_DELAY_MS);
}

const isOver = async (count: number) => {
  const page = await workerMetrics();
  return (
    new RegExp(`requests_total{outcome="cancelled",.*} ${count}\\b`).test(page) &&
    page.includes('worker_queue_length 0')
  );
};

it.each(phases)('pitfalls 25 and 48: $phase, stream $isStream', ({ scenario, isStream, hasBegun }) =>
  holdDelay(async (count) => {
    const abort = new AbortController();
    const { signal } = abort;
    const answer = stack.chat({ model: `sim/${scenario}`, stream: isStream }, { signal });
    if (hasBegun) await (await answer).body?.getReader().read();
    await eventually(() => requests().length === count);
    const start = Date.now();
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => requests().at(-1)?.outcome === 'cancelled');
    await eventually(() => isOver(count));
    expect(requests()).toHaveLength(count);
    return (requests().at(-1)?.abortedAt ?? Infinity) - start;
  }),
);

it.each([true, false])('pitfall 48: in the pause before a retry, stream %s', (stream) =>
  holdDelay(async (count) => {
    const abort = new AbortController();
    const { signal } = abort;
    // It wants two seconds: far more than the pause may last once the client has left.
    const answer = stack.chat({ model: 'sim/err-429-capacity', stream }, { signal });
    await eventually(async () =>
      (await workerMetrics()).includes(`retries_total{kind="rate_limit"} ${count}`),
    );
    const start = Date.now();
    abort.abort();
    await answer.catch(() => undefined);
    await eventually(() => isOver(count));
    expect(requests()).toHaveLength(count);
    return Date.now() - start;
  }),
);
