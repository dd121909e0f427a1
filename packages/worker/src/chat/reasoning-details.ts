/** Fragments of `reasoning_details` → whole details, as they must be sent back (openrouter.md §5.5). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { TextPieces } from '@orcestator/stream-normaliser';

/** Fields of a detail that come in pieces. */
const growingFields = ['text', 'summary', 'data'] as const;

interface Detail {
  fields: JsonRecord;
  readonly texts: Map<string, TextPieces>;
}

/**
 * Fragments with the same `index` and `type` are one detail, unless their ids say otherwise: texts are joined, other
 * fields set. Order is kept.
 */
export class ReasoningDetails {
  readonly #details: Detail[] = [];
  /** `index` and `type` → the detail that fragments with both go on. */
  readonly #known = new Map<string, Detail>();
  #hasCome = false;

  add(fragments: readonly unknown[]): void {
    this.#hasCome = true;
    for (const fragment of fragments) if (isRecord(fragment)) this.#addFragment(fragment);
  }

  /** `undefined` when none has come; an empty list is not the same: signatures depend on it (pitfall 12). */
  toJSON(): JsonRecord[] | undefined {
    if (!this.#hasCome) return undefined;
    return this.#details.map(({ fields, texts }) => {
      const joined = { ...fields };
      for (const [name, text] of texts) joined[name] = text.toString();
      return joined;
    });
  }

  #addFragment(fragment: JsonRecord): void {
    const detail = this.#detailOf(fragment);
    detail.fields = { ...detail.fields, ...fragment };
    for (const name of growingFields) {
      const piece = fragment[name];
      if (typeof piece !== 'string') continue;
      const text = detail.texts.get(name) ?? new TextPieces();
      text.add(piece);
      detail.texts.set(name, text);
    }
  }

  #detailOf({ index, type, id }: JsonRecord): Detail {
    const key = typeof index === 'number' ? JSON.stringify([index, type]) : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known && !differs(known.fields.id, id)) return known;
    const detail: Detail = { fields: {}, texts: new Map() };
    this.#details.push(detail);
    if (key !== undefined) this.#known.set(key, detail);
    return detail;
  }
}

function differs(known: unknown, id: unknown): boolean {
  return typeof known === 'string' && typeof id === 'string' && known !== id;
}
