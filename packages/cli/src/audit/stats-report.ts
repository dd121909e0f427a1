/** Sums of the audit as lines for a terminal. */
import type { StoredHour, Totals } from '@orcestator/audit';
import { printableLine } from '../terminal-text';
import { textTable, type Column } from '../text-table';

export const groupings = ['day', 'model', 'client'] as const;
export type Grouping = (typeof groupings)[number];

/** The sums of one day, model or client; times in milliseconds, `undefined` where nothing was timed. */
export interface Line extends Omit<Totals, 'durations' | 'firstTokens'> {
  readonly name: string;
  readonly durationP50: number | undefined;
  readonly durationP95: number | undefined;
  readonly firstTokenP50: number | undefined;
  readonly firstTokenP95: number | undefined;
}

type Audit = Pick<typeof import('@orcestator/audit'), 'totalOf' | 'percentile' | 'HOUR_MS'>;

const nameOf: Readonly<Record<Grouping, (hour: StoredHour, hourMs: number) => string>> = {
  day: ({ hour }, hourMs) => localDay(new Date(hour * hourMs)),
  model: ({ model }) => model,
  client: ({ client }) => client || '(без ключа)',
};

const titles: Readonly<Record<Grouping, string>> = { day: 'День', model: 'Модель', client: 'Клиент' };

/** Days in their order, models and clients by the number of requests. */
export function linesBy(grouping: Grouping, hours: readonly StoredHour[], audit: Audit): Line[] {
  const groups = new Map<string, StoredHour[]>();
  for (const hour of hours) {
    const name = nameOf[grouping](hour, audit.HOUR_MS);
    const group = groups.get(name);
    if (group) group.push(hour);
    else groups.set(name, [hour]);
  }
  const lines = [...groups].map(([name, group]) => lineOf(name, group, audit));
  return grouping === 'day' ? lines : lines.sort((a, b) => b.requests - a.requests);
}

export function lineOf(name: string, hours: readonly StoredHour[], { totalOf, percentile }: Audit): Line {
  const { durations, firstTokens, ...sums } = totalOf(hours);
  return {
    name,
    ...sums,
    durationP50: percentile(durations, 0.5),
    durationP95: percentile(durations, 0.95),
    firstTokenP50: percentile(firstTokens, 0.5),
    firstTokenP95: percentile(firstTokens, 0.95),
  };
}

const number = (title: string): Column => ({ title, isNumber: true });

/** A table with a bar of requests in each row, where the terminal is wide enough for one. */
export function report(grouping: Grouping, lines: readonly Line[], total: Line, width: number): string[] {
  const columns = [
    { title: titles[grouping] },
    ...['запросы', 'ошибки', 'отмены', 'токены вх.', 'вых.', 'цена, $', 'ответ, с', '1-й токен, с'].map(
      number,
    ),
  ];
  const table = textTable(columns, [...lines, total].map(cellsOf), width);
  const used = Math.max(...table.map((row) => row.length));
  const room = Math.min(30, width - used - 2);
  const most = Math.max(1, ...lines.map(({ requests }) => requests));
  // The first row is the head.
  return table.map((row, index) => {
    const line = lines[index - 1];
    return line && room >= 5 ? `${row.padEnd(used)}  ${bar(line.requests / most, room)}` : row;
  });
}

function cellsOf(line: Line): string[] {
  const counts = [line.requests, line.errors, line.cancelled, line.promptTokens, line.completionTokens];
  return [
    printableLine(line.name),
    ...counts.map(shortCount),
    money(line.cost),
    seconds(line.durationP50, line.durationP95),
    seconds(line.firstTokenP50, line.firstTokenP95),
  ];
}

/** Half of the requests within the first time, 95 % within the second. */
function seconds(p50: number | undefined, p95: number | undefined): string {
  const one = (milliseconds: number): string => {
    const value = milliseconds / 1_000;
    return value < 10 ? value.toFixed(2) : value.toFixed(0);
  };
  return p50 === undefined || p95 === undefined ? '—' : `${one(p50)} / ${one(p95)}`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

function bar(share: number, room: number): string {
  const parts = Math.max(share > 0 ? 1 : 0, Math.round(share * room * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

function shortCount(count: number): string {
  if (count < 100_000) return String(count);
  return count < 100_000_000 ? `${(count / 1_000).toFixed(0)}k` : `${(count / 1_000_000).toFixed(0)}M`;
}

export function money(dollars: number): string {
  if (dollars === 0) return '0';
  return dollars < 0.01 ? dollars.toFixed(6) : dollars.toFixed(2);
}

export function shortTime(milliseconds: number | undefined | null): string {
  if (milliseconds === undefined || milliseconds === null) return '—';
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} мс`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} с`;
  return `${(milliseconds / 60_000).toFixed(1)} мин`;
}

export function localDay(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
