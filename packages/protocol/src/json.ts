/** Reading JSON of unknown origin without casts. */

/** A JSON object whose fields are not known yet. */
export type JsonRecord = Record<string, unknown>;

/** True for a JSON object (not an array, not null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parsed text, or `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** True for an array of strings. */
export function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Lists and objects inside each other that anyone needs: schemas of tools come to thirty. Deeper ones cost the stack of whoever copies or writes them. */
export const MAX_NESTING = 200;

/** True where lists and objects stand inside each other more than `limit` deep; itself it goes no deeper. */
export function isNestedDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit <= 0) return true;
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.some((item) => isNestedDeeper(item, limit - 1));
}
