/** Reads a request's fields as FastChat's pydantic models do (`openai_api_protocol.py`): absent or `null` is the default. */
import { isStringArray, OrcestatorError, type JsonRecord } from '@orcestator/protocol';

/** Throws `invalid_request` with the field's name where the value is of another type. */
export function readNumber<D>(fields: JsonRecord, name: string, otherwise: D): number | D {
  const value = fields[name];
  if (value === undefined || value === null) return otherwise;
  // pydantic takes numbers in quotes too.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw invalid(name, 'a number');
}

export function readInteger<D>(fields: JsonRecord, name: string, otherwise: D): number | D {
  const number = readNumber(fields, name, otherwise);
  if (typeof number !== 'number' || Number.isInteger(number)) return number;
  throw invalid(name, 'a whole number');
}

export function readBoolean(fields: JsonRecord, name: string, otherwise: boolean): boolean {
  const value = fields[name];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'true or false');
}

export function readText(fields: JsonRecord, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  throw invalid(name, 'a text');
}

/** `stop`: a text, a list of texts, or nothing. */
export function readStop(fields: JsonRecord): string | string[] | null {
  const { stop } = fields;
  if (stop === undefined || stop === null) return null;
  if (typeof stop === 'string' || isStringArray(stop)) return stop;
  throw invalid('stop', 'a text or a list of texts');
}

/** `prompt` and `input`: one text or several (FastChat: `process_input`). Token ids need the model's own tokenizer. */
export function readTexts(fields: JsonRecord, name: string): string[] {
  const value = fields[name];
  if (typeof value === 'string') return [value];
  if (isStringArray(value) && value.length > 0) return value;
  if (value === undefined || value === null) throw invalid(name, 'there');
  const isTokens = Array.isArray(value) && value.length > 0;
  throw invalid(name, isTokens ? 'a text or texts; token ids are not taken' : 'a text or a list of texts');
}

function invalid(name: string, what: string): OrcestatorError {
  return new OrcestatorError('invalid_request', `"${name}" must be ${what}.`, { param: name });
}
