/**
 * Copies for the hot path. `{ a, ...rest } = value` and `{ ...value, b }` of objects that come from outside cost several
 * times as much in V8 as the same fields set one by one: two thirds of a whole stream's normalising.
 */
import type { JsonRecord } from '@orcestator/protocol';

/** A copy without some fields. */
export function withoutFields(value: JsonRecord, names: ReadonlySet<string>): JsonRecord {
  const rest: JsonRecord = {};
  for (const name of Object.keys(value)) if (!names.has(name)) rest[name] = value[name];
  return rest;
}

/** A copy, with further fields set. */
export function withFields<T extends object>(value: JsonRecord, fields: T): JsonRecord & T {
  const copy: JsonRecord = {};
  for (const name of Object.keys(value)) copy[name] = value[name];
  for (const [name, field] of Object.entries(fields)) copy[name] = field;
  return copy as JsonRecord & T;
}
