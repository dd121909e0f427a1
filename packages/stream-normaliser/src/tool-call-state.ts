/** One tool call on its way: what has come of it, and what of that was sent on. */
import { isRecord, type JsonRecord, type ToolCallDelta } from '@orcestator/protocol';
import { JsonExtent } from './json-extent';
import { TextPieces } from './text-pieces';

export class CallState {
  /** Position in the clean stream: 0, 1, 2 … in the order of appearance. */
  readonly index: number;
  readonly id: string;
  /** The id that upstream gave, to recognise further fragments; empty where it gave none. */
  readonly upstreamId: string;
  readonly #type: string;
  /** Further fields of the first fragment, passed as they came. */
  readonly #extra: JsonRecord;
  readonly #arguments = new TextPieces();
  readonly #extent = new JsonExtent();
  #name = '';
  #unsent: string[] = [];
  #isAnnounced = false;
  /** `{}` has come, which providers also write before the arguments: it is told when nothing else has followed. */
  #isEmptyObject = false;

  constructor(index: number, id: string, fragment: JsonRecord) {
    const { index: _index, id: _id, type, function: _function, ...extra } = fragment;
    this.index = index;
    this.id = id;
    this.upstreamId = idOf(fragment);
    this.#type = typeof type === 'string' && type !== '' ? type : 'function';
    this.#extra = extra;
  }

  /** Its arguments cannot grow any more: until then the calls after it wait. */
  get isComplete(): boolean {
    return this.#name !== '' && (this.#extent.isComplete || this.#isEmptyObject);
  }

  /** True for a fragment that has this call's id or place and yet begins another one (openrouter.md §5.4). */
  isFollowedBy(fragment: JsonRecord): boolean {
    const name = nameOf(fragment);
    if (name === '' || this.#name === '') return false;
    if (name !== this.#name) return this.#extent.hasBegun || this.#isEmptyObject;
    const text = argumentsOf(fragment);
    return this.isComplete && text.trim() !== '' && text !== this.#text();
  }

  take(name: string, text: string): void {
    if (this.#name === '') this.#name = name;
    // What follows a whole object is the call told once more.
    if (text === '' || this.#extent.isComplete) return;
    if (!this.#extent.hasBegun && text.trim() === '{}') {
      this.#isEmptyObject = true;
      return;
    }
    this.#extent.add(text);
    this.#arguments.add(text);
    this.#unsent.push(text);
  }

  /** The fragments that were not sent yet; the first carries id, type and name. `isOver`: nothing follows them. */
  send(isOver: boolean): ToolCallDelta[] {
    if (!this.#isAnnounced && this.#name === '' && !isOver) return [];
    const deltas = this.#isAnnounced ? [] : [this.#opening()];
    this.#isAnnounced = true;
    if (this.#extent.hasBegun) {
      const text = this.#unsent.join('');
      if (text !== '') deltas.push(this.#fragment(text));
      this.#unsent = [];
    } else if (isOver) deltas.push(this.#fragment('{}'));
    return deltas;
  }

  #text(): string {
    return this.#extent.hasBegun ? this.#arguments.toString() : '{}';
  }

  #opening(): ToolCallDelta {
    return {
      ...this.#extra,
      index: this.index,
      id: this.id,
      type: this.#type as 'function',
      function: { name: this.#name, arguments: '' },
    };
  }

  #fragment(text: string): ToolCallDelta {
    return { index: this.index, function: { arguments: text } };
  }
}

export function idOf({ id }: JsonRecord): string {
  return typeof id === 'string' ? id : '';
}

export function nameOf(fragment: JsonRecord): string {
  return isRecord(fragment.function) && typeof fragment.function.name === 'string'
    ? fragment.function.name
    : '';
}

/** Some providers send the arguments as an object. */
export function argumentsOf(fragment: JsonRecord): string {
  const value = isRecord(fragment.function) ? fragment.function.arguments : undefined;
  if (typeof value === 'string') return value;
  return isRecord(value) ? JSON.stringify(value) : '';
}
