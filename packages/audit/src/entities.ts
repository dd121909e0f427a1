/** The tables as TypeORM sees them; the migrations make them. */
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import type { AuditRow, AuditTexts } from './audit-row';

/** A row with its number in the database. */
export interface StoredRequest extends AuditRow {
  readonly id: number;
}

export interface StoredTexts extends AuditTexts {
  /** The request's number. */
  readonly requestRow: number;
}

/** Sums of an hour, a model and a client: statistics of a year are read from these, and outlive the requests. */
export interface StoredHour {
  /** Hours since the epoch, UTC. */
  readonly hour: number;
  /** The model that answered, else the one asked for. */
  readonly model: string;
  readonly client: string;
  readonly requests: number;
  readonly errors: number;
  readonly cancelled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly cost: number;
  /** Histograms as JSON. */
  readonly durations: string;
  readonly firstTokens: string;
}

const text = (name: string): EntitySchemaColumnOptions => ({ type: 'text', name });
const integer = (name: string): EntitySchemaColumnOptions => ({ type: 'integer', name });
const real = (name: string): EntitySchemaColumnOptions => ({ type: 'real', name });
const orNull = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  nullable: true,
});

export const RequestEntity = new EntitySchema<StoredRequest>({
  name: 'request',
  tableName: 'requests',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    requestId: text('request_id'),
    startedAt: integer('started_at'),
    durationMs: integer('duration_ms'),
    firstTokenMs: orNull(integer('first_token_ms')),
    worker: text('worker'),
    client: text('client'),
    userAgent: text('user_agent'),
    requestedModel: text('requested_model'),
    upstreamModel: text('upstream_model'),
    provider: text('provider'),
    isStream: { type: 'boolean', name: 'is_stream' },
    messageCount: integer('message_count'),
    toolCount: integer('tool_count'),
    outcome: text('outcome'),
    errorKind: orNull(text('error_kind')),
    errorCode: orNull(text('error_code')),
    errorMessage: orNull(text('error_message')),
    finishReason: orNull(text('finish_reason')),
    generationId: orNull(text('generation_id')),
    promptTokens: orNull(integer('prompt_tokens')),
    completionTokens: orNull(integer('completion_tokens')),
    cachedTokens: orNull(integer('cached_tokens')),
    reasoningTokens: orNull(integer('reasoning_tokens')),
    cost: orNull(real('cost')),
    usageSource: orNull(text('usage_source')),
  },
});

export const TextsEntity = new EntitySchema<StoredTexts>({
  name: 'texts',
  tableName: 'request_texts',
  columns: {
    requestRow: { type: 'integer', name: 'request_row', primary: true },
    messages: text('messages'),
    parameters: text('parameters'),
    answer: text('answer'),
  },
});

export const HourEntity = new EntitySchema<StoredHour>({
  name: 'hour',
  tableName: 'request_hours',
  columns: {
    hour: { type: 'integer', primary: true },
    model: { type: 'text', primary: true },
    client: { type: 'text', primary: true },
    requests: integer('requests'),
    errors: integer('errors'),
    cancelled: integer('cancelled'),
    promptTokens: integer('prompt_tokens'),
    completionTokens: integer('completion_tokens'),
    cachedTokens: integer('cached_tokens'),
    reasoningTokens: integer('reasoning_tokens'),
    cost: real('cost'),
    durations: text('durations'),
    firstTokens: text('first_tokens'),
  },
});

export const entities = [RequestEntity, TextsEntity, HourEntity];
