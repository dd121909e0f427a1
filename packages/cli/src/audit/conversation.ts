/** One request as a person reads it: what is known of it, then the conversation. */
import type { StoredConversation, StoredRequest, StoredTexts } from '@orcestator/audit';
import { isRecord, parseJson, type JsonRecord } from '@orcestator/protocol';
import { printable, printableLine } from '../terminal-text';
import { money, shortTime } from './stats-report';

/** Lines of the head: facts that are not there are left out. */
export function headOf(row: StoredRequest): string[] {
  const { promptTokens: prompt, completionTokens: completion } = row;
  const outcome = [row.outcome, row.finishReason].filter(Boolean).join(', ');
  const error = [row.errorKind, row.errorCode && `(${row.errorCode})`, row.errorMessage]
    .filter(Boolean)
    .join(' ');
  const model =
    row.upstreamModel === row.requestedModel
      ? row.requestedModel
      : `${row.requestedModel} → ${row.upstreamModel || '—'}`;
  const tokens =
    prompt === null && completion === null
      ? ''
      : `${prompt ?? '—'} вх. (из кэша ${row.cachedTokens ?? 0}), ${completion ?? '—'} вых. (рассуждения ${row.reasoningTokens ?? 0})`;
  const facts: [string, string][] = [
    ['Запрос', row.requestId],
    ['Время', localTime(row.startedAt)],
    ['Исход', outcome],
    ['Ошибка', row.outcome === 'error' ? error : ''],
    ['Модель', row.provider === '' ? model : `${model}, ${row.provider}`],
    ['Длительность', `${shortTime(row.durationMs)}, первый токен ${shortTime(row.firstTokenMs)}`],
    ['Токены', tokens],
    [
      'Цена',
      row.cost === null
        ? ''
        : `$${money(row.cost)}${row.usageSource === 'generation' ? ' (узнана после ответа)' : ''}`,
    ],
    ['Клиент', [row.client, row.userAgent].filter(Boolean).join(', ')],
    [
      'Вид',
      `${row.isStream ? 'поток' : 'один ответ'}, сообщений ${row.messageCount}, инструментов ${row.toolCount}`,
    ],
    ['Номер OpenRouter', row.generationId ?? ''],
    ['Воркер', row.worker],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(17)} ${printableLine(value)}`);
}

/** The messages and the answer, each under its role. */
export function conversationOf(texts: StoredTexts | undefined, width: number): string[] {
  if (!texts) return ['Тексты не сохранены: OR_AUDIT_CONTENT=metadata.'];
  const messages = parseJson(texts.messages);
  const answer = parseJson(texts.answer);
  return [
    ...(Array.isArray(messages) ? messages.flatMap((message) => block(message, '', width)) : []),
    ...block(answer, ' (ответ)', width),
  ];
}

function block(message: unknown, note: string, width: number): string[] {
  if (!isRecord(message)) return [];
  const role = typeof message.role === 'string' ? printableLine(message.role) : '?';
  const title = `── ${role}${note} `;
  const reasoning = typeof message.reasoning === 'string' ? [`[рассуждения] ${message.reasoning}`] : [];
  const lines = [...reasoning, contentOf(message.content), ...callsOf(message)].filter((text) => text !== '');
  return ['', title.padEnd(Math.min(width, 78), '─'), ...lines.map(printable)];
}

function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(partOf).join('\n') : '';
}

function partOf(part: unknown): string {
  if (!isRecord(part)) return String(part);
  if (typeof part.text === 'string') return part.text;
  const image = isRecord(part.image_url) ? part.image_url.url : undefined;
  return typeof image === 'string' ? `[изображение ${image}]` : JSON.stringify(part);
}

function callsOf({ tool_calls: calls, tool_call_id: answered }: JsonRecord): string[] {
  const call = (one: unknown): string => {
    const called = isRecord(one) && isRecord(one.function) ? one.function : {};
    return `→ ${String(called.name)}(${String(called.arguments)})`;
  };
  return [
    ...(typeof answered === 'string' ? [`[ответ на вызов ${answered}]`] : []),
    ...(Array.isArray(calls) ? calls.map(call) : []),
  ];
}

/** With its texts as JSON values, not as texts with JSON in them; a half of a pair stays escaped as it is stored. */
export function conversationJson({ row, texts }: StoredConversation): string {
  const fields = JSON.stringify({ ...row, startedAt: new Date(row.startedAt).toISOString() });
  if (!texts) return fields;
  const { messages, parameters, answer } = texts;
  return `${fields.slice(0, -1)},"messages":${messages},"parameters":${parameters},"answer":${answer}}`;
}

function localTime(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
