/** A row of the traffic log as a person or a program reads it. */
import type { ReadRow } from '@orcestator/worker';
import { fit, oneLine } from './text-width';

export interface ShowOptions {
  /** Width of the terminal; `undefined` = texts whole, for a pipe. */
  readonly columns: number | undefined;
  readonly isColoured: boolean;
}

const DIM = '\u001b[2m';
const RED = '\u001b[31m';
const YELLOW = '\u001b[33m';
const RESET = '\u001b[0m';

const TIME_WIDTH = 14;
const TOKENS_WIDTH = 12;
const LATENCY_WIDTH = 8;
const GAPS = 8;
const LEAST_TEXT = 10;

export function headerLine(options: ShowOptions): string {
  return line(['время', 'пользователь', 'ответ', 'токены', 'длилось'], options);
}

export function showRow(row: ReadRow, options: ShowOptions): string {
  const tokens = `${row.promptTokens ?? '–'} → ${row.completionTokens ?? '–'}`;
  const fields = [
    localTime(row.endedAt),
    oneLine(row.user),
    oneLine(row.assistant),
    tokens,
    seconds(row.latencyMs),
  ];
  const text = line(fields, options);
  if (!options.isColoured || row.outcome === 'ok') return text;
  return `${row.outcome === 'error' ? RED : YELLOW}${text}${RESET}`;
}

export function dimmed(text: string, { isColoured }: ShowOptions): string {
  return isColoured ? `${DIM}${text}${RESET}` : text;
}

/** One JSON object; the names are those of the columns. */
export function jsonRow(row: ReadRow): string {
  return JSON.stringify({
    time: row.endedAt.toISOString(),
    user: row.user,
    assistant: row.assistant,
    ptok: row.promptTokens ?? null,
    ctok: row.completionTokens ?? null,
    latency_ms: row.latencyMs,
    outcome: row.outcome,
  });
}

function line(fields: readonly string[], { columns }: ShowOptions): string {
  const [time = '', user = '', assistant = '', tokens = '', latency = ''] = fields;
  if (columns === undefined) return [time, user, assistant, tokens, latency].join('  ');
  const room = Math.max(columns - TIME_WIDTH - TOKENS_WIDTH - LATENCY_WIDTH - GAPS, 2 * LEAST_TEXT);
  const userWidth = Math.floor(room * 0.4);
  return [
    fit(time, TIME_WIDTH),
    fit(user, userWidth),
    fit(assistant, room - userWidth),
    tokens.padStart(TOKENS_WIDTH),
    latency.padStart(LATENCY_WIDTH),
  ].join('  ');
}

function localTime(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${two(time.getDate())}.${two(time.getMonth() + 1)}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds} мс` : `${(milliseconds / 1_000).toFixed(1)} с`;
}
