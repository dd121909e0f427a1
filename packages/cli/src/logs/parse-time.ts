/** The times that `--from` and `--to` take. */

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `today`, `yesterday`, `2026-11-26`, `2026-11-26T10:00` (local time; with `Z` or an offset as it says), or `30m`, `2h`, `7d` ago.
 * A day means its start for `from` and its end for `to`. Throws an `Error` that says what would be right.
 */
export function parseTime(text: string, end: 'from' | 'to', now: Date): Date {
  const word = text.trim().toLowerCase();
  const ago = /^(\d+)([smhd])$/.exec(word);
  if (ago) return new Date(now.getTime() - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0));
  const day = startOfDay(word, now);
  if (day) {
    if (end === 'to') day.setHours(23, 59, 59, 999);
    return day;
  }
  const time = /^\d{4}-\d\d-\d\d[t ]\d\d:\d\d/.test(word) ? new Date(text.trim()) : new Date(NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Error(
    `"${text}" is no time: write today, yesterday, 2026-11-26, 2026-11-26T10:00, or 30m, 2h, 7d for so long ago`,
  );
}

function startOfDay(word: string, now: Date): Date | undefined {
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(word);
  if (date) {
    const day = new Date(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
    return day.getDate() === Number(date[3]) ? day : undefined;
  }
  if (word !== 'today' && word !== 'yesterday') return undefined;
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  if (word === 'yesterday') day.setDate(day.getDate() - 1);
  return day;
}
