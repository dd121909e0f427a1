/** The sampling parameters of a text request and FastChat's checks of them (`openai_api_server.py`, `check_requests`). */
import { isRecord, OrcestatorError, type JsonRecord } from '@orcestator/protocol';
import { TOOLS_HINT } from './conversation/read-messages';
import { readInteger, readNumber, readStop } from './read-fields';

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  /** -1: off. */
  readonly topK: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Answers for each prompt. */
  readonly n: number;
  /** `null`: as many as the context has room for. */
  readonly maxTokens: number | null;
  readonly stop: string | string[] | null;
}

/** OpenAI's own limit; FastChat has none, and would start any number of generations. */
const MAX_ANSWERS = 128;

/** Throws `invalid_request` for a wrong type, `param_out_of_range` (40302) with FastChat's words for a wrong value. */
export function checkRequests(fields: JsonRecord, defaultMaxTokens: number | null): Sampling {
  // `max_completion_tokens` is the newer word of OpenAI's clients.
  const field = fields.max_tokens ?? fields.max_completion_tokens;
  const maxTokens = readInteger({ max_tokens: field }, 'max_tokens', defaultMaxTokens);
  if (maxTokens !== null) atLeast('max_tokens', maxTokens, 1, String);
  const n = readInteger(fields, 'n', 1);
  atLeast('n', n, 1, String);
  atMost('n', n, MAX_ANSWERS, String);
  const temperature = readNumber(fields, 'temperature', 0.7);
  atLeast('temperature', temperature, 0, float);
  atMost('temperature', temperature, 2, float);
  const topP = readNumber(fields, 'top_p', 1);
  atLeast('top_p', topP, 0, float);
  atMost('top_p', topP, 1, float);
  const topK = readInteger(fields, 'top_k', -1);
  if (topK === 0) throw outOfRange('top_k', '0 is out of Range. Either set top_k to -1 or >=1.');
  return {
    temperature,
    topP,
    topK,
    presencePenalty: readNumber(fields, 'presence_penalty', 0),
    frequencyPenalty: readNumber(fields, 'frequency_penalty', 0),
    n,
    maxTokens,
    stop: readStop(fields),
  };
}

/** Throws `invalid_request` for what a text-only worker would silently leave out. */
export function refuseBeyondText(fields: JsonRecord): void {
  const asksForTools = isNonEmpty(fields.tools) && fields.tool_choice !== 'none';
  const asksForFunctions = isNonEmpty(fields.functions) && fields.function_call !== 'none';
  if (asksForTools || asksForFunctions) {
    throw new OrcestatorError('invalid_request', TOOLS_HINT, {
      param: asksForTools ? 'tools' : 'functions',
    });
  }
  const format = isRecord(fields.response_format) ? fields.response_format.type : undefined;
  if (format === undefined || format === 'text') return;
  throw new OrcestatorError(
    'invalid_request',
    "The worker of this model speaks FastChat's text protocol, which cannot force a JSON answer: leave response_format out and ask for JSON in words.",
    { param: 'response_format' },
  );
}

const isNonEmpty = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

function atLeast(name: string, value: number, minimum: number, write: (value: number) => string): void {
  if (value >= minimum) return;
  throw outOfRange(name, `${write(value)} is less than the minimum of ${minimum} - '${name}'`);
}

function atMost(name: string, value: number, maximum: number, write: (value: number) => string): void {
  if (value <= maximum) return;
  throw outOfRange(name, `${write(value)} is greater than the maximum of ${maximum} - '${name}'`);
}

/** A float as Python writes it. */
function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

function outOfRange(param: string, message: string): OrcestatorError {
  return new OrcestatorError('param_out_of_range', message, { param });
}
