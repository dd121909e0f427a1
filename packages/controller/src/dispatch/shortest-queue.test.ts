/** The shortest queue: the contract of all dispatch methods and its own rule. */
import { describeDispatch, workerWith } from './dispatch.contract';
import { shortestQueue } from './shortest-queue';

describeDispatch('shortest_queue', shortestQueue);

describe('shortest_queue', () => {
  const choose = (...workers: ReturnType<typeof workerWith>[]): string | undefined =>
    shortestQueue(workers, () => 0)?.workerName;

  it('takes the least queue per speed, not the least queue', () => {
    expect(choose(workerWith('http://a', 1, 2), workerWith('http://b', 4, 6))).toBe('http://b');
    expect(choose(workerWith('http://a', 1, 1), workerWith('http://b', 4, 6))).toBe('http://a');
  });

  it('takes the first on a tie', () => {
    expect(choose(workerWith('http://a', 2, 2), workerWith('http://b', 1, 1))).toBe('http://a');
  });

  it('takes a worker without speed where there is no other', () => {
    expect(choose(workerWith('http://a', 0, 0))).toBe('http://a');
  });
});
