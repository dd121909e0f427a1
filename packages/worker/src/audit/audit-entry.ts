/** A request's record → its entry in the audit. */
import type { AuditEntry, AuditRow, AuditTexts, AuditUsage } from '@orcestator/audit';
import { isRecord, type Usage } from '@orcestator/protocol';
import type { RequestFacts, RequestRecord } from '../recording';
import { cleanJson, parametersOf, type Redact } from './clean-texts';

/** What is kept: who, when, what it cost; or also what was said. */
export const auditContents = ['metadata', 'texts'] as const;
export type AuditContent = (typeof auditContents)[number];

export interface EntryOptions {
  readonly content: AuditContent;
  readonly redact: Redact;
  /** Address of this worker. */
  readonly worker: string;
}

/** Characters of an answer that are kept: more than any model writes today, less than a broken one could. */
export const AUDIT_TEXT_LIMIT = 4 * 1024 * 1024;
/** Characters of a text that comes from outside and belongs to the metadata. */
const SHORT_TEXT = 300;
const LONG_TEXT = 2_000;

export function auditEntry(record: RequestRecord, options: EntryOptions): AuditEntry {
  const row = rowOf(record, options);
  return options.content === 'texts' ? { row, texts: textsOf(record, options.redact) } : { row };
}

function rowOf(record: RequestRecord, { redact, worker }: EntryOptions): AuditRow {
  const { facts, usage, outcome } = record;
  const text = (value: string, limit = SHORT_TEXT): string =>
    redact(value)
      .replace(/[\u0000-\u001f]+/g, ' ')
      .slice(0, limit);
  const textOrNull = (value: string | undefined): string | null => (value === undefined ? null : text(value));
  return {
    requestId: text(record.requestId),
    startedAt: Math.round(record.endedAt.getTime() - record.latencyMs),
    durationMs: Math.round(record.latencyMs),
    firstTokenMs: record.firstChunkMs === undefined ? null : Math.round(record.firstChunkMs),
    worker,
    client: text(facts?.client ?? ''),
    userAgent: text(facts?.userAgent ?? ''),
    requestedModel: text(record.requestedModel),
    upstreamModel: text(record.upstreamModel),
    provider: text(facts?.provider ?? ''),
    isStream: record.isStream,
    messageCount: countOf(record.messages),
    toolCount: countOf(facts?.body.tools),
    outcome,
    errorKind: facts?.errorKind ?? null,
    errorCode: textOrNull(facts?.errorCode),
    errorMessage: record.error === undefined ? null : text(record.error, LONG_TEXT),
    finishReason: textOrNull(facts?.finishReason),
    generationId: textOrNull(facts?.generationId),
    ...usageOf(usage),
    usageSource: usage ? 'stream' : null,
  };
}

function textsOf({ messages, answer, facts }: RequestRecord, redact: Redact): AuditTexts {
  return {
    messages: cleanJson(messages, redact),
    parameters: cleanJson(parametersOf(facts?.body ?? {}), redact),
    answer: cleanJson(answerMessage(answer, facts), redact),
  };
}

function answerMessage(
  { content, toolCalls, omitted }: RequestRecord['answer'],
  facts?: RequestFacts,
): object {
  return {
    role: 'assistant',
    content,
    ...(facts?.reasoning ? { reasoning: facts.reasoning } : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
    ...(omitted > 0 ? { omitted_characters: omitted } : {}),
  };
}

/** The four counts and the cost; upstreams differ in which they give. */
export function usageOf(usage: Usage | undefined): AuditUsage {
  const prompt = isRecord(usage?.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const completion = isRecord(usage?.completion_tokens_details) ? usage.completion_tokens_details : {};
  return {
    promptTokens: numberOf(usage?.prompt_tokens),
    completionTokens: numberOf(usage?.completion_tokens),
    cachedTokens: numberOf(prompt.cached_tokens),
    reasoningTokens: numberOf(completion.reasoning_tokens),
    cost: numberOf(usage?.cost),
  };
}

/** A count or an amount of money; `null` for anything else. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function countOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
