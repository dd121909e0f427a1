/** A histogram that takes whole tallies: what happens thousands of times in a request is counted there and added once. */
import type { Metric, MetricValueWithName, Registry } from 'prom-client';

/** Counts per bucket, of something that happens often: one addition each, no label, no hash. */
export class Tally {
  /** One more than the bounds: the last is for what exceeds them all. */
  readonly counts: Float64Array;
  readonly #bounds: readonly number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  add(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sum += value;
  }

  addAll(other: Tally): void {
    other.counts.forEach((count, at) => (this.counts[at] = (this.counts[at] as number) + count));
    this.sum += other.sum;
  }
}

export interface TalliedHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly buckets: readonly number[];
  readonly label: string;
  readonly registry: Registry;
}

/**
 * Looks to prom-client's registry like one of its own. Its `observe` at every chunk costs the worker a tenth of the CPU time
 * that parsing and writing the chunk takes, a {@link Tally} a thirtieth, nearly all of it for reading the clock.
 */
export class TalliedHistogram {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly #options: TalliedHistogramOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: TalliedHistogramOptions) {
    this.name = options.name;
    this.labelNames = [options.label];
    this.#options = options;
    options.registry.registerMetric(this as unknown as Metric);
  }

  /** An empty tally begins the series of that label at zero. */
  add(label: string, tally: Tally): void {
    let total = this.#tallies.get(label);
    if (!total) this.#tallies.set(label, (total = new Tally(this.#options.buckets)));
    total.addAll(tally);
  }

  /** What prom-client's registry asks of a metric. */
  get(): Promise<object> {
    const { name, help } = this.#options;
    const values = [...this.#tallies].flatMap(([label, tally]) => this.#valuesOf(label, tally));
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }

  reset(): void {
    this.#tallies.clear();
  }

  #valuesOf(value: string, tally: Tally): MetricValueWithName<string>[] {
    const labels = { [this.#options.label]: value };
    let count = 0;
    const buckets = [...tally.counts].map((own, at) => {
      count += own;
      const le = this.#options.buckets[at] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: tally.sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
