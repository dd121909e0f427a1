/** Fragments of `reasoning_details` → whole details, as they must be sent back (openrouter.md §5.5). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/** Fields of a detail that come in pieces. */
const growingFields = ['text', 'summary', 'data'] as const;

/** Fragments with the same `index` and `type` are one detail: texts are joined, other fields set. Order is kept. */
export function mergeReasoningDetails(known: readonly unknown[], added: readonly unknown[]): unknown[] {
  const merged = [...known];
  for (const fragment of added) {
    if (!isRecord(fragment)) continue;
    const at = merged.findIndex((detail) => isRecord(detail) && isSame(detail, fragment));
    if (at < 0) merged.push({ ...fragment });
    else merged[at] = join(merged[at] as JsonRecord, fragment);
  }
  return merged;
}

function isSame(detail: JsonRecord, fragment: JsonRecord): boolean {
  return detail.index !== undefined && detail.index === fragment.index && detail.type === fragment.type;
}

function join(detail: JsonRecord, fragment: JsonRecord): JsonRecord {
  const joined = { ...detail, ...fragment };
  for (const field of growingFields) {
    const pieces = [detail[field], fragment[field]].filter((piece) => typeof piece === 'string');
    if (pieces.length > 0) joined[field] = pieces.join('');
  }
  return joined;
}
