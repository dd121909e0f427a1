/** Helpers for tests of whoever writes or reads the audit. */
import type { AuditEntry, AuditRow } from '../audit-row';

/** A request that went well; any part can be replaced. */
export function rowOf(parts: Partial<AuditRow> = {}): AuditRow {
  return {
    requestId: 'request-1',
    startedAt: Date.parse('2026-01-01T00:00:00Z'),
    durationMs: 1_000,
    firstTokenMs: 200,
    worker: 'http://127.0.0.1:8002',
    client: '',
    userAgent: 'curl/8',
    requestedModel: 'orcestator',
    upstreamModel: 'openai/gpt-4o',
    provider: 'OpenAI',
    isStream: true,
    messageCount: 1,
    toolCount: 0,
    outcome: 'ok',
    errorKind: null,
    errorCode: null,
    errorMessage: null,
    finishReason: 'stop',
    generationId: null,
    promptTokens: 10,
    completionTokens: 5,
    cachedTokens: 2,
    reasoningTokens: 1,
    cost: 0.25,
    usageSource: 'stream',
    ...parts,
  };
}

/** The same with texts. */
export function entryOf(parts: Partial<AuditRow> = {}, prompt = 'hi', answer = 'Hello'): AuditEntry {
  return {
    row: rowOf(parts),
    texts: {
      messages: JSON.stringify([{ role: 'user', content: prompt }]),
      parameters: '{"temperature":0}',
      answer: JSON.stringify({ role: 'assistant', content: answer }),
    },
  };
}
