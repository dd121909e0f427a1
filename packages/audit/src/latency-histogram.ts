/** Durations in buckets a tenth wide: percentiles of any number of requests to 5 %, and two histograms add up. */

/** Bucket → count. Bucket `b` holds durations around `GROWTH ** b` milliseconds. */
export type Histogram = Record<number, number>;

const GROWTH = 1.1;

export function addDuration(histogram: Histogram, milliseconds: number): void {
  const bucket = Math.round(Math.log(Math.max(1, milliseconds)) / Math.log(GROWTH));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function mergeHistograms(into: Histogram, from: Histogram): void {
  for (const [bucket, count] of Object.entries(from))
    into[Number(bucket)] = (into[Number(bucket)] ?? 0) + count;
}

/** Milliseconds that the share `quantile` of the durations does not exceed; `undefined` when there are none. */
export function percentile(histogram: Histogram, quantile: number): number | undefined {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let rank = Math.ceil(total * quantile);
  for (const { bucket, count } of buckets) {
    rank -= count;
    if (rank <= 0) return GROWTH ** bucket;
  }
  return undefined;
}
