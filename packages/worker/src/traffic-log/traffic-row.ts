/** The six columns of the traffic log, in the two formats; a text can never break its row. */
import { escapeCsv, escapeTsv } from './traffic-escapes';

export const trafficColumns = ['ISO-timestamp', 'user', 'assistant', 'ptok', 'ctok', 'latency_ms'] as const;
export const trafficFormats = ['tsv', 'csv'] as const;
export type TrafficFormat = (typeof trafficFormats)[number];

/** One line of the log; counts are `undefined` where nobody knows them. */
export interface TrafficRow {
  readonly endedAt: Date;
  readonly user: string;
  readonly assistant: string;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly latencyMs: number;
}

/** Excel takes a CSV file without one for the system's old code page: Cyrillic would be unreadable. */
export const BYTE_ORDER_MARK = '\ufeff';

const formatLine: Readonly<Record<TrafficFormat, (fields: readonly string[]) => string>> = {
  tsv: (fields) => `${fields.map(escapeTsv).join('\t')}\n`,
  csv: (fields) => `${fields.map(escapeCsv).join(',')}\r\n`,
};

/** The first line of a file. */
export function formatHeader(format: TrafficFormat): string {
  return formatLine[format](trafficColumns);
}

/** What a new file begins with. */
export function fileStart(format: TrafficFormat): string {
  return (format === 'csv' ? BYTE_ORDER_MARK : '') + formatHeader(format);
}

/** The format of a file by its first line; `undefined` when it is no traffic log. */
export function formatOfStart(start: string): TrafficFormat | undefined {
  const text = start.startsWith(BYTE_ORDER_MARK) ? start.slice(1) : start;
  return trafficFormats.find((format) => text.startsWith(formatHeader(format).trimEnd()));
}

export function formatRow(row: TrafficRow, format: TrafficFormat): string {
  return formatLine[format]([
    row.endedAt.toISOString(),
    row.user,
    row.assistant,
    String(row.promptTokens ?? ''),
    String(row.completionTokens ?? ''),
    String(Math.round(row.latencyMs)),
  ]);
}
