/** Where an upstream's error may hide (openrouter.md §6.1, §6.6, §6.7): one rule for bodies, events and choices. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/**
 * The value of an `error` field as an object. `undefined` where it says that there is none: `null`, `false`, empty texts,
 * lists and objects are what servers write beside a sound answer.
 */
export function readError(value: unknown): JsonRecord | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { message: value };
  if (Array.isArray(value)) return readError(value[0]);
  if (value === true) return {};
  if (!isRecord(value) || Object.keys(value).length === 0) return undefined;
  // A gateway before the upstream that wrapped the error once more.
  return value.message === undefined && isRecord(value.error) ? readError(value.error) : value;
}

/** The error that an event or a body is or holds. */
export function readErrorOf(event: JsonRecord): JsonRecord | undefined {
  const error = readError(event.error);
  if (error) return error.message === undefined ? { ...messageOf(event), ...error } : error;
  // vLLM up to 0.10, and servers that write the bare error.
  const isError = event.object === 'error' || event.type === 'error' || hasErrorStatus(event);
  return isError && !Array.isArray(event.choices) ? event : undefined;
}

function messageOf({ message }: JsonRecord): JsonRecord {
  return typeof message === 'string' ? { message } : {};
}

function hasErrorStatus({ message, code, status }: JsonRecord): boolean {
  return typeof message === 'string' && [code, status].some((value) => Number(value) >= 400);
}
