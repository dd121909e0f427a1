/** A value that satisfies a JSON schema well enough for a tool or a structured answer. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/** What the user's words offer for the fields of a file-writing tool. */
export interface Hints {
  readonly path: string;
  readonly content: string;
  /** Where a path that must be absolute begins, if the user said so. */
  readonly folder?: string | undefined;
}

const pathLike = /path|file_?name|^file$|uri/i;
const contentLike = /content|^file_?text$|^text$|^code$|body|new_?string/i;
const MAX_DEPTH = 8;

/** Required fields are filled; with hints, fields named like a path or a content get them. */
export function fillSchema(schema: unknown, hints: Hints, name = '', depth = 0): unknown {
  if (!isRecord(schema) || depth > MAX_DEPTH) return null;
  if (Array.isArray(schema.enum)) return schema.enum[0] as unknown;
  if (schema.const !== undefined) return schema.const;
  for (const word of ['anyOf', 'oneOf', 'allOf'] as const) {
    const options: unknown = schema[word];
    if (Array.isArray(options)) return fillSchema(options.find(isNoNull), hints, name, depth + 1);
  }
  const type: unknown = Array.isArray(schema.type)
    ? schema.type.find((word) => word !== 'null')
    : schema.type;
  switch (type) {
    case 'object':
      return fillObject(schema, hints, depth);
    case 'array':
      return Number(schema.minItems) > 0 ? [fillSchema(schema.items, hints, name, depth + 1)] : [];
    case 'number':
    case 'integer':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return isRecord(schema.properties) ? fillObject(schema, hints, depth) : textFor(name, schema, hints);
  }
}

function fillObject(schema: JsonRecord, hints: Hints, depth: number): JsonRecord {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required)
    ? schema.required.filter((field) => typeof field === 'string')
    : [];
  const fields = required.length > 0 ? required : Object.keys(properties);
  return Object.fromEntries(
    fields.map((field) => [field, fillSchema(properties[field] ?? {}, hints, field, depth + 1)]),
  );
}

function textFor(name: string, schema: JsonRecord, hints: Hints): string {
  if (contentLike.test(name)) return hints.content;
  if (!pathLike.test(name)) return name === 'command' ? 'echo Hello' : 'example';
  const mustBeAbsolute = typeof schema.description === 'string' && /absolute/i.test(schema.description);
  const { folder, path } = hints;
  if (!mustBeAbsolute || folder === undefined || /^(\/|[a-z]:)/i.test(path)) return path;
  const separator = folder.includes('\\') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + path : folder + separator + path;
}

function isNoNull(schema: unknown): boolean {
  return isRecord(schema) && schema.type !== 'null';
}
