/** The types of the fields of a chat request (openrouter.md §3.1); fields that are not listed are ignored (§3.2). */
import { isRecord, isStringArray } from '@orcestator/protocol';

interface FieldType {
  readonly type: string;
  readonly accepts: (value: unknown) => boolean;
}

const number: FieldType = { type: 'number', accepts: (value) => typeof value === 'number' };
const integer: FieldType = { type: 'integer', accepts: Number.isInteger };
const string: FieldType = { type: 'string', accepts: (value) => typeof value === 'string' };
const boolean: FieldType = { type: 'boolean', accepts: (value) => typeof value === 'boolean' };
const object: FieldType = { type: 'object', accepts: isRecord };
const array: FieldType = { type: 'array', accepts: Array.isArray };
const strings: FieldType = { type: 'array of strings', accepts: isStringArray };
const choice: FieldType = {
  type: 'string or object',
  accepts: (value) => string.accepts(value) || isRecord(value),
};

const ofType = (type: FieldType, ...fields: string[]): Record<string, FieldType> =>
  Object.fromEntries(fields.map((field) => [field, type]));

export const fieldTypes: Readonly<Record<string, FieldType>> = {
  ...ofType(number, 'temperature', 'top_p', 'top_k', 'top_a', 'min_p'),
  ...ofType(number, 'frequency_penalty', 'presence_penalty', 'repetition_penalty'),
  ...ofType(integer, 'max_tokens', 'max_completion_tokens', 'seed', 'top_logprobs'),
  ...ofType(boolean, 'stream', 'logprobs', 'parallel_tool_calls', 'include_reasoning'),
  ...ofType(string, 'model', 'reasoning_effort', 'session_id', 'user', 'route'),
  ...ofType(object, 'provider', 'reasoning', 'response_format', 'stream_options', 'metadata', 'logit_bias'),
  ...ofType(array, 'tools', 'plugins'),
  ...ofType(strings, 'models', 'modalities'),
  ...ofType(choice, 'tool_choice'),
};
