/** Many calls at once, but not all at once. */

/** Maps like `Promise.all`, with at most `bound` calls running; results in the order of `items`. */
export async function mapBounded<T, R>(
  items: readonly T[],
  bound: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const remaining = items.entries();
  const run = async (): Promise<void> => {
    for (const [index, item] of remaining) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: bound }, run));
  return results;
}
