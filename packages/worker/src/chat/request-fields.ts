/** Fields that several requests share; each reader throws `invalid_request` with the field's name. */
import { isRecord, OrcestatorError, type JsonRecord } from '@orcestator/protocol';

export function readBody(body: unknown): JsonRecord {
  if (!isRecord(body)) throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
  return body;
}

export function checkModel(body: JsonRecord): void {
  if (typeof body.model === 'string' && body.model !== '') return;
  throw invalid(
    'model',
    '"model" is missing: ask for "orcestator" or an OpenRouter id such as "openai/gpt-4o".',
  );
}

export interface StreamWish {
  readonly isStream: boolean;
  /** The client wants a last chunk with usage (`stream_options.include_usage`). */
  readonly includesUsage: boolean;
}

export function readStreamWish(body: JsonRecord): StreamWish {
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== 'boolean') {
    throw invalid('stream', '"stream" must be true or false.');
  }
  const streamOptions = isRecord(body.stream_options) ? body.stream_options : {};
  return { isStream: body.stream === true, includesUsage: streamOptions.include_usage === true };
}

/** A text, a list of texts, a list of token numbers, or a list of such lists (OpenAI's `prompt` and `input`). */
export function checkTexts(body: JsonRecord, field: 'prompt' | 'input'): void {
  const value = body[field];
  if (typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(isText))) return;
  throw invalid(field, `"${field}" must be a text, a list of texts or a list of token numbers.`);
}

function isText(item: unknown): boolean {
  return typeof item === 'string' || typeof item === 'number' || Array.isArray(item);
}

export function invalid(param: string, message: string): OrcestatorError {
  return new OrcestatorError('invalid_request', message, { param });
}
