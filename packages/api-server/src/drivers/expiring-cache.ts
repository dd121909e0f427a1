/** What was learned of workers, for a while: bounded, since addresses come from a registry that changes. */
import type { Clock } from '@orcestator/service-kit';

export interface ExpiringCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** Drops all keys for which it holds. */
  drop(matches: (key: string) => boolean): void;
}

/** `lifetime` in milliseconds since the entry was made; beyond `limit` entries the oldest goes. */
export function createExpiringCache<V>(clock: Clock, lifetime: number, limit: number): ExpiringCache<V> {
  const entries = new Map<string, { value: V; until: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.until > clock.monotonic()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, { value, until: clock.monotonic() + lifetime });
      const oldest = entries.keys().next();
      if (entries.size > limit && !oldest.done) entries.delete(oldest.value);
    },
    drop: (matches) => {
      for (const key of entries.keys()) if (matches(key)) entries.delete(key);
    },
  };
}
