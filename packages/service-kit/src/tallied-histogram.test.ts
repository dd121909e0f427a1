/** A histogram fed by tallies says what prom-client's own would say. */
import { Histogram, Registry } from 'prom-client';
import { Tally, TalliedHistogram } from './tallied-histogram';

const BUCKETS = [0.01, 0.1, 1];
const shape = { name: 't_seconds', help: 'Times.' };

function tallyOf(...values: number[]): Tally {
  const tally = new Tally(BUCKETS);
  for (const value of values) tally.add(value);
  return tally;
}

it("its page is the same as prom-client's own", async () => {
  const ours = new Registry();
  const histogram = new TalliedHistogram({ ...shape, buckets: BUCKETS, label: 'model', registry: ours });
  const theirs = new Registry();
  const original = new Histogram({ ...shape, buckets: BUCKETS, labelNames: ['model'], registers: [theirs] });
  // On a bound, between bounds, above all of them.
  const values = { a: [0.01, 0.05, 0.5, 7, 0.25], b: [0.001] };
  for (const [model, list] of Object.entries(values)) {
    histogram.add(model, tallyOf(...list));
    for (const value of list) original.observe({ model }, value);
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

it('tallies of one label add up; an empty one begins its series at zero', async () => {
  const registry = new Registry();
  const histogram = new TalliedHistogram({ ...shape, buckets: BUCKETS, label: 'model', registry });
  histogram.add('new', new Tally(BUCKETS));
  histogram.add('old', tallyOf(0.25));
  histogram.add('old', tallyOf(0.5, 0.005));
  const page = await registry.metrics();
  expect(page).toContain('t_seconds_count{model="new"} 0');
  expect(page).toContain('t_seconds_count{model="old"} 3');
  expect(page).toContain('t_seconds_sum{model="old"} 0.755');
  expect(page).toContain('t_seconds_bucket{le="0.01",model="old"} 1');
  registry.resetMetrics();
  expect(await registry.metrics()).not.toContain('t_seconds_count');
});
