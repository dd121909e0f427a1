/** The counters of free models: so many requests a minute and a day (openrouter.md §8). */
import type { Settings } from '../options';

export interface FreeTier {
  /** Counts a request; the limit it exceeds, if it does. */
  take(): { period: 'min' | 'day'; limit: number; resetAt: number } | undefined;
  reset(): void;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export function createFreeTier({ clock, freePerMinute, freePerDay }: Settings): FreeTier {
  let times: number[] = [];
  return {
    reset: () => void (times = []),
    take: () => {
      const now = clock.now().getTime();
      times = times.filter((at) => now - at < DAY);
      if (times.length >= freePerDay) return { period: 'day', limit: freePerDay, resetAt: now + DAY };
      const recent = times.filter((at) => now - at < MINUTE);
      if (recent.length >= freePerMinute)
        return { period: 'min', limit: freePerMinute, resetAt: (recent[0] ?? now) + MINUTE };
      times.push(now);
      return undefined;
    },
  };
}
