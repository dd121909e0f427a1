/** Moments as people write them on a command line: a date, a date with time, `today`, `yesterday`, `7d`, `24h`, `30m`. */

const DAY_ONLY = /^(\d{4})-(\d{2})-(\d{2})$/;
const AGO = /^(\d{1,6})([mhd])$/;
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Epoch milliseconds of the moment from which is meant: a day counts from its midnight here. Throws what would be right. */
export function parseFrom(text: string, now: Date): number {
  return momentOf(text, now) ?? dayOf(text, now, 0) ?? refuse(text);
}

/** The same for an end that is not included: a day is meant as a whole. */
export function parseTo(text: string, now: Date): number {
  return momentOf(text, now) ?? dayOf(text, now, 1) ?? refuse(text);
}

function momentOf(text: string, now: Date): number | undefined {
  const word = text.trim();
  const ago = AGO.exec(word);
  if (ago) return now.getTime() - Number(ago[1]) * unitMs[ago[2] as keyof typeof unitMs];
  if (word === 'now') return now.getTime();
  if (!/^\d{4}-\d{2}-\d{2}[T ]/.test(word)) return undefined;
  const time = Date.parse(word.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

/** Local midnight of a day, or of one that many days after it. */
function dayOf(text: string, now: Date, after: number): number | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'today' || word === 'yesterday') {
    const back = word === 'today' ? 0 : 1;
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() - back + after).getTime();
  }
  const [, year, month, day] = DAY_ONLY.exec(word)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const exact = new Date(year, month - 1, day);
  // 2026-02-31 would become the 3rd of March.
  if (exact.getMonth() !== month - 1 || exact.getDate() !== day) return undefined;
  return new Date(year, month - 1, day + after).getTime();
}

function refuse(text: string): never {
  throw new Error(
    `"${text}" is no time: write 2026-11-30, 2026-11-30T14:00, today, yesterday, 7d (days ago), 24h or 30m`,
  );
}
