/** Requests as lines of CSV or JSONL. */
import type { StoredConversation } from '@orcestator/audit';
import { isRecord, parseJson } from '@orcestator/protocol';
import { conversationJson } from './conversation';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Excel takes a file without it for an 8-bit encoding. */
export const BYTE_ORDER_MARK = '\ufeff';

const columns = [
  ...['requestId', 'startedAt', 'durationMs', 'firstTokenMs', 'outcome', 'finishReason'],
  ...['requestedModel', 'upstreamModel', 'provider', 'promptTokens', 'completionTokens', 'cachedTokens'],
  ...[
    'reasoningTokens',
    'cost',
    'usageSource',
    'isStream',
    'messageCount',
    'toolCount',
    'client',
    'userAgent',
  ],
  ...['errorKind', 'errorCode', 'errorMessage', 'generationId', 'worker'],
];
const textColumns = ['messages', 'parameters', 'answer', 'answerToolCalls'];

export interface LineFormat {
  /** Before the first line. */
  head(withTexts: boolean): string;
  line(conversation: StoredConversation, withTexts: boolean): string;
}

export const lineFormats: Readonly<Record<ExportFormat, LineFormat>> = {
  csv: {
    head: (withTexts) => csvLine(withTexts ? [...columns, ...textColumns] : columns),
    line: (conversation, withTexts) =>
      csvLine([...cells(conversation), ...(withTexts ? textCells(conversation) : [])]),
  },
  jsonl: { head: () => '', line: (conversation) => `${conversationJson(conversation)}\n` },
};

function cells({ row }: StoredConversation): unknown[] {
  const values = { ...row, startedAt: new Date(row.startedAt).toISOString() } as Record<string, unknown>;
  return columns.map((column) => values[column]);
}

/** The answer as text, since it is what one reads; messages as JSON, since they are many. */
function textCells({ texts }: StoredConversation): unknown[] {
  if (!texts) return textColumns.map(() => '');
  const answer = parseJson(texts.answer);
  const { content, tool_calls: calls } = isRecord(answer) ? answer : {};
  return [texts.messages, texts.parameters, content, calls === undefined ? '' : JSON.stringify(calls)];
}

function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

/** RFC 4180; control characters shown, and no text that a spreadsheet would run as a formula. */
function csvField(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const clean = value.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const safe = /^[=+\-@\t\r]/.test(clean) ? `'${clean}` : clean;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
