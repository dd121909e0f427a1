/**
 * Fragments of parallel tool calls, one call after the other. VS Code ignores `index` and appends a fragment to the
 * call opened last, so calls must never interleave and each needs an id of its own (openrouter.md §11.1, pitfalls 8, 9).
 */
import { isRecord, parseJson, type JsonRecord, type ToolCallDelta } from '@orcestator/protocol';
import { TextPieces } from './text-pieces';

interface CallState {
  /** Position in the clean stream: 0, 1, 2 … in the order of appearance. */
  readonly index: number;
  readonly id: string;
  /** The id that upstream gave, to recognise fragments without `index`. */
  readonly upstreamId: string;
  type: string;
  name: string;
  /** Further fields of the first fragment, passed as they came. */
  readonly extra: JsonRecord;
  /** All arguments so far. */
  readonly pieces: TextPieces;
  /** Those that were not sent yet. */
  unsent: string[];
  isAnnounced: boolean;
}

export class ToolCallSerialiser {
  readonly #makeId: (index: number) => string;
  readonly #calls: CallState[] = [];
  readonly #byUpstreamIndex = new Map<number, CallState>();
  readonly #usedIds = new Set<string>();
  /** The call whose fragments go out at once; those after it wait. */
  #open = 0;

  /** `makeId` gives an id to a call for which upstream has none, or one that was used before. */
  constructor(makeId: (index: number) => string) {
    this.#makeId = makeId;
  }

  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  /** Takes the `tool_calls` of one upstream delta; gives what may go out now. */
  push(fragments: readonly unknown[]): ToolCallDelta[] {
    fragments.forEach((fragment, position) => {
      if (isRecord(fragment)) this.#take(fragment, fragments.length > 1 ? position : undefined);
    });
    return this.#release(false);
  }

  /** What is left at the end of the choice; a call without arguments gets `{}`. */
  finish(): ToolCallDelta[] {
    return this.#release(true);
  }

  #take(fragment: JsonRecord, position: number | undefined): void {
    const call = this.#find(fragment, position) ?? this.#create(fragment, position);
    const details = isRecord(fragment.function) ? fragment.function : {};
    if (call.name === '' && typeof details.name === 'string') call.name = details.name;
    const text = argumentsText(details.arguments);
    if (text === '') return;
    call.pieces.add(text);
    call.unsent.push(text);
  }

  /** By `index`, else by id, else by position in a list of several, else the call opened last. */
  #find(fragment: JsonRecord, position: number | undefined): CallState | undefined {
    const id = typeof fragment.id === 'string' ? fragment.id : '';
    if (typeof fragment.index === 'number') {
      const call = this.#byUpstreamIndex.get(fragment.index);
      // A provider that numbers every call 0 shows itself by another id and another name.
      return call && id !== '' && call.upstreamId !== '' && id !== call.upstreamId && hasName(fragment)
        ? undefined
        : call;
    }
    if (id !== '') return this.#calls.find((call) => call.upstreamId === id);
    if (position !== undefined) return this.#calls[position];
    return hasName(fragment) ? undefined : this.#calls[this.#calls.length - 1];
  }

  #create(fragment: JsonRecord, position: number | undefined): CallState {
    const index = this.#calls.length;
    const upstreamId = typeof fragment.id === 'string' ? fragment.id : '';
    const id = upstreamId !== '' && !this.#usedIds.has(upstreamId) ? upstreamId : this.#makeId(index);
    this.#usedIds.add(id);
    const { index: _index, id: _id, type, function: _function, ...extra } = fragment;
    const call: CallState = {
      index,
      id,
      upstreamId,
      type: typeof type === 'string' && type !== '' ? type : 'function',
      name: '',
      extra,
      pieces: new TextPieces(),
      unsent: [],
      isAnnounced: false,
    };
    this.#calls.push(call);
    const upstreamIndex = typeof fragment.index === 'number' ? fragment.index : position;
    if (upstreamIndex !== undefined) this.#byUpstreamIndex.set(upstreamIndex, call);
    return call;
  }

  #release(isEnd: boolean): ToolCallDelta[] {
    const deltas: ToolCallDelta[] = [];
    for (; this.#open < this.#calls.length; this.#open += 1) {
      const call = this.#calls[this.#open] as CallState;
      deltas.push(...send(call, isEnd));
      const isLast = this.#open === this.#calls.length - 1;
      if (!isEnd && (isLast || !isComplete(call))) break;
      if (call.pieces.isEmpty) deltas.push(fragmentOf(call, '{}'));
    }
    return deltas;
  }
}

/** The fragments of a call that were not sent yet; the first carries id, type and name. */
function send(call: CallState, isEnd: boolean): ToolCallDelta[] {
  if (!call.isAnnounced && call.name === '' && !isEnd) return [];
  const deltas: ToolCallDelta[] = [];
  if (!call.isAnnounced) {
    call.isAnnounced = true;
    deltas.push({
      ...call.extra,
      index: call.index,
      id: call.id,
      type: call.type as 'function',
      function: { name: call.name, arguments: '' },
    });
  }
  const unsent = call.unsent.join('');
  call.unsent = [];
  if (unsent !== '') deltas.push(fragmentOf(call, unsent));
  return deltas;
}

function fragmentOf(call: CallState, text: string): ToolCallDelta {
  return { index: call.index, function: { arguments: text } };
}

/**
 * A call's arguments cannot grow any more once they are a JSON object; until then its successors wait. Parsed only
 * where the text may be whole, or long interleaved calls would be parsed again for each of their fragments.
 */
function isComplete(call: CallState): boolean {
  if (call.pieces.last?.trimEnd().endsWith('}') !== true) return false;
  return isRecord(parseJson(call.pieces.toString()));
}

function hasName(fragment: JsonRecord): boolean {
  return (
    isRecord(fragment.function) && typeof fragment.function.name === 'string' && fragment.function.name !== ''
  );
}

/** Some providers send the arguments as an object. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isRecord(value) ? JSON.stringify(value) : '';
}
