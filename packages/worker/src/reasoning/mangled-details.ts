/** Whether a client has sent back a model's `reasoning_details` in pieces. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '@orcestator/protocol';

/** Fields that come in pieces, of which a client may have kept one. */
const growingFields = new Set(['text', 'summary', 'data']);

/**
 * True where all that was sent is part of what the model said: nothing at all, the fragments of a stream as they came, or
 * the last fragment of each index, which is what Copilot CLI keeps. Anything else is the client's own, perhaps better,
 * knowledge.
 */
export function isMangledFormOf(sent: readonly unknown[], known: readonly unknown[]): boolean {
  return sent.every((piece) => known.some((whole) => isPieceOf(piece, whole)));
}

function isPieceOf(piece: unknown, whole: unknown): boolean {
  if (!isRecord(piece) || !isRecord(whole)) return false;
  return Object.entries(piece).every(([name, value]) => {
    if (value === null || value === undefined || value === '') return true;
    const known = whole[name];
    if (typeof value === 'string' && typeof known === 'string' && growingFields.has(name))
      return known.includes(value);
    return isDeepStrictEqual(value, known);
  });
}
