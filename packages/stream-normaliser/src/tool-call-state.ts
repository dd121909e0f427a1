/** One tool call on its way: what has come of it, and what of that was sent on. */
import { isRecord, type JsonRecord, type ToolCallDelta } from '@orcestator/protocol';
import { JsonExtent } from './json-extent';
import { TextDigest } from './text-digest';

export class CallState {
  /** Position in the clean stream: 0, 1, 2 … in the order of appearance. */
  readonly index: number;
  readonly id: string;
  /** The id that upstream gave, to recognise further fragments; empty where it gave none. */
  readonly upstreamId: string;
  readonly #type: ToolType;
  /** Further fields of the first fragment, passed as they came. */
  readonly #extra: JsonRecord;
  readonly #extent = new JsonExtent();
  readonly #digest = new TextDigest();
  #name = '';
  #unsent: string[] = [];
  #unsentLength = 0;
  #isAnnounced = false;
  /** `{}` has come, which providers also write before the arguments: it is told when nothing else has followed. */
  #isEmptyObject = false;

  constructor(index: number, id: string, fragment: JsonRecord) {
    const { index: _index, id: _id, type: _type, function: _function, custom, ...extra } = fragment;
    this.index = index;
    this.id = id;
    this.upstreamId = idOf(fragment);
    this.#type = isRecord(custom) ? 'custom' : 'function';
    this.#extra = extra;
  }

  /** Its arguments cannot grow any more: until then the calls after it wait. The text of a custom tool may always grow. */
  get isComplete(): boolean {
    return this.#type === 'function' && this.#name !== '' && (this.#extent.isComplete || this.#isEmptyObject);
  }

  /** Characters that wait for the calls before this one. */
  get waiting(): number {
    return this.#unsentLength;
  }

  /** True for a fragment that has this call's id or place and yet begins another one (openrouter.md §5.4). */
  isFollowedBy(fragment: JsonRecord): boolean {
    const name = nameOf(fragment);
    if (name === '' || this.#name === '') return false;
    if (name !== this.#name) return this.#extent.hasBegun || this.#isEmptyObject;
    const text = textOf(fragment);
    return this.isComplete && text.trim() !== '' && !this.#isSame(text);
  }

  take(name: string, text: string): void {
    if (this.#name === '') this.#name = name;
    // What follows a whole object is the call told once more.
    if (text === '' || (this.#type === 'function' && this.#extent.isComplete)) return;
    if (this.#type === 'function' && !this.#extent.hasBegun && text.trim() === '{}') {
      this.#isEmptyObject = true;
      return;
    }
    this.#extent.add(text);
    this.#digest.add(text);
    this.#unsent.push(text);
    this.#unsentLength += text.length;
  }

  /** The fragments that were not sent yet; the first carries id, type and name. `isOver`: nothing follows them. */
  send(isOver: boolean): ToolCallDelta[] {
    if (!this.#isAnnounced && this.#name === '' && !isOver) return [];
    const deltas = this.#isAnnounced ? [] : [this.#opening()];
    this.#isAnnounced = true;
    if (this.#extent.hasBegun || this.#type === 'custom') {
      if (this.#unsentLength > 0) deltas.push(this.#fragment(this.#unsent.join('')));
      this.#unsent = [];
      this.#unsentLength = 0;
    } else if (isOver) deltas.push(this.#fragment('{}'));
    return deltas;
  }

  #isSame(text: string): boolean {
    return this.#extent.hasBegun ? this.#digest.equals(TextDigest.of(text)) : text.trim() === '{}';
  }

  #opening(): ToolCallDelta {
    const name = this.#name;
    const own =
      this.#type === 'custom' ? { custom: { name, input: '' } } : { function: { name, arguments: '' } };
    return { ...this.#extra, index: this.index, id: this.id, type: this.#type, ...own };
  }

  #fragment(text: string): ToolCallDelta {
    const own = this.#type === 'custom' ? { custom: { input: text } } : { function: { arguments: text } };
    return { index: this.index, ...own };
  }
}

type ToolType = 'function' | 'custom';

export function idOf({ id }: JsonRecord): string {
  return typeof id === 'string' ? id : '';
}

export function nameOf(fragment: JsonRecord): string {
  const { name } = detailsOf(fragment);
  return typeof name === 'string' ? name : '';
}

/** The arguments of a function, some providers send them as an object; the input of a custom tool. */
export function textOf(fragment: JsonRecord): string {
  const { arguments: args, input } = detailsOf(fragment);
  const value = args ?? input;
  if (typeof value === 'string') return value;
  return isRecord(value) ? JSON.stringify(value) : '';
}

function detailsOf({ function: called, custom }: JsonRecord): JsonRecord {
  return isRecord(called) ? called : isRecord(custom) ? custom : {};
}
