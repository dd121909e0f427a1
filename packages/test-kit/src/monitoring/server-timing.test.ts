/** "Is it the gateway or the model?": the answer's `Server-Timing` says it, through the whole stack. */
import { parseServerTiming } from '@orcestator/service-kit';
import { InProcessStack } from '../stack/in-process-stack';

const HOPS = ['gateway', 'dispatch', 'worker', 'queue', 'upstream', 'generation', 'failover'];

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0', OR_LIMIT_WORKER_CONCURRENCY: '1' } });
  // The first request of a process is slower than all others.
  for (const stream of [true, false]) await (await stack.chat({ stream })).text();
});
afterAll(() => stack.stop());

const hopsOf = (answer: Response): Record<string, number> =>
  Object.fromEntries(parseServerTiming(answer.headers.get('server-timing'), HOPS));

/** Milliseconds that are not the upstream's. */
const ours = ({ gateway = NaN, dispatch = NaN, worker = NaN, queue = NaN }: Record<string, number>): number =>
  gateway + dispatch + worker + queue;

/** The best of three: what is measured is the gateway, not what else this machine does. */
async function bestOf(ask: () => Promise<Response>): Promise<Record<string, number>> {
  const runs: Record<string, number>[] = [];
  for (let run = 0; run < 3; run += 1) {
    const answer = await ask();
    await answer.text();
    runs.push(hopsOf(answer));
  }
  return runs.sort((one, other) => ours(one) - ours(other))[0] ?? {};
}

it("a stream of a slow model: the delay is the upstream's, the gateway's part is small", async () => {
  const hops = await bestOf(() => stack.chat({ model: 'sim/slow-first-token:0.4', stream: true }));
  expect(Object.keys(hops)).toEqual(['gateway', 'dispatch', 'worker', 'queue', 'upstream']);
  expect(hops.upstream).toBeGreaterThan(390);
  expect(ours(hops)).toBeLessThan(100);
});

it('one body: the time after the first token is there too, and the parts add up to what the client saw', async () => {
  const start = performance.now();
  const answer = await stack.chat({ model: 'sim/slow-first-token:0.4' });
  const seen = performance.now() - start;
  const hops = hopsOf(answer);
  await answer.text();
  expect(hops).toHaveProperty('generation');
  const sum = Object.values(hops).reduce((total, hop) => total + hop, 0);
  // Rounded to a tenth each; the rest is the way between the client and the gateway.
  expect(sum).toBeLessThan(seen + 1);
  expect(sum).toBeGreaterThan(400);
});

it('an error tells it as well', async () => {
  const hops = await bestOf(() => stack.chat({ model: 'sim/err-502', stream: true }));
  expect(hops.upstream).toBeGreaterThan(0);
  expect(ours(hops)).toBeLessThan(100);
});

it("waiting for a slot is the queue's time", async () => {
  const first = stack.chat({ model: 'sim/slow-first-token:0.4', stream: true });
  const second = stack.chat({ stream: true });
  const [slow, waited] = await Promise.all([first, second]);
  await Promise.all([slow.text(), waited.text()]);
  const queues = [hopsOf(slow).queue ?? NaN, hopsOf(waited).queue ?? NaN];
  expect(Math.max(...queues)).toBeGreaterThan(300);
});

it('a page of this machine may read it', async () => {
  const answer = await stack.chat({ stream: true }, { headers: { origin: 'http://localhost:3000' } });
  await answer.text();
  expect(answer.headers.get('access-control-expose-headers')).toContain('server-timing');
});
