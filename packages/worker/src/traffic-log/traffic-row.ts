/** The six columns of the traffic log, in the two formats; a text can never break its row. */

export const trafficColumns = ['ISO-timestamp', 'user', 'assistant', 'ptok', 'ctok', 'latency_ms'] as const;
export const trafficFormats = ['tsv', 'csv'] as const;
export type TrafficFormat = (typeof trafficFormats)[number];

/** One line of the log; counts are `undefined` where upstream gave none. */
export interface TrafficRow {
  readonly endedAt: Date;
  readonly user: string;
  readonly assistant: string;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  readonly latencyMs: number;
}

type FormatLine = (fields: readonly string[]) => string;

/** Backslash escapes: `\t`, `\n`, `\r`, `\\`, and `\u00XX` for other control characters. */
const tsvEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeControl(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function tsvField(text: string): string {
  return text.replace(
    /[\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (found) => tsvEscapes[found] ?? escapeControl(found),
  );
}

/** RFC 4180: quoted where needed, quotes doubled; line breaks stay. A leading `=`, `+`, `-` or `@` would run as a formula. */
function csvField(text: string): string {
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, escapeControl);
  const safe = /^[=+\-@\t\r]/.test(clean) ? `'${clean}` : clean;
  return /[",\r\n\u2028\u2029]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const lines: Readonly<Record<TrafficFormat, FormatLine>> = {
  tsv: (fields) => `${fields.map(tsvField).join('\t')}\n`,
  csv: (fields) => `${fields.map(csvField).join(',')}\r\n`,
};

/** The first line of a file. */
export function formatHeader(format: TrafficFormat): string {
  return lines[format](trafficColumns);
}

export function formatRow(row: TrafficRow, format: TrafficFormat): string {
  return lines[format]([
    row.endedAt.toISOString(),
    row.user,
    row.assistant,
    String(row.promptTokens ?? ''),
    String(row.completionTokens ?? ''),
    String(Math.round(row.latencyMs)),
  ]);
}
