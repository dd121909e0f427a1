/** The lottery: the contract of all dispatch methods and its own rule. */
import { describeDispatch, workerWith } from './dispatch.contract';
import { lottery } from './lottery';

describeDispatch('lottery', lottery);

describe('lottery', () => {
  it('gives each worker as many chances as it has speed', () => {
    const workers = [workerWith('http://a', 1, 0), workerWith('http://b', 3, 0)];
    const drawn = Array.from({ length: 100 }, (_, index) => lottery(workers, () => index / 100)?.workerName);
    expect(drawn.filter((name) => name === 'http://a')).toHaveLength(25);
    expect(drawn.filter((name) => name === 'http://b')).toHaveLength(75);
  });

  it('does not look at queues', () => {
    const workers = [workerWith('http://a', 1, 1000), workerWith('http://b', 1, 0)];
    expect(lottery(workers, () => 0)?.workerName).toBe('http://a');
  });

  it('chooses nobody where the speeds add up to nothing', () => {
    const workers = [workerWith('http://a', 0, 0), workerWith('http://b', 0.00001, 0)];
    expect(lottery(workers, () => 0)).toBeUndefined();
  });
});
