/**
 * Fragments of parallel tool calls, one call after the other. VS Code ignores `index` and appends a fragment to the
 * call opened last, so calls must never interleave and each needs an id of its own (openrouter.md §11.1, pitfalls 8, 9).
 */
import { isRecord, type JsonRecord, type ToolCallDelta } from '@orcestator/protocol';
import { textOf, CallState, idOf, nameOf } from './tool-call-state';

export class ToolCallSerialiser {
  readonly #makeId: (index: number) => string;
  readonly #usedIds: Set<string>;
  readonly #calls: CallState[] = [];
  /** Upstream's `index`, or the position in a list of several → the calls that were opened there. */
  readonly #bySlot = new Map<number, CallState[]>();
  /** The call whose fragments go out at once; those after it wait. */
  #open = 0;

  /**
   * `makeId` gives an id to a call for which upstream has none, or one that was used before; `usedIds` are those of the
   * whole stream, since `n` choices may call with the same ones.
   */
  constructor(makeId: (index: number) => string, usedIds = new Set<string>()) {
    this.#makeId = makeId;
    this.#usedIds = usedIds;
  }

  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  /** Characters that wait for the end of a call before them. */
  get waiting(): number {
    return this.#calls.slice(this.#open).reduce((sum, call) => sum + call.waiting, 0);
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
    const slot = typeof fragment.index === 'number' ? fragment.index : position;
    const found = this.#find(fragment, slot);
    const call = found && !found.isFollowedBy(fragment) ? found : this.#create(fragment, slot);
    call.take(nameOf(fragment), textOf(fragment));
  }

  /** By `index`, else by id, else by position in a list of several, else the call opened last. */
  #find(fragment: JsonRecord, slot: number | undefined): CallState | undefined {
    const id = idOf(fragment);
    if (slot === undefined || (id !== '' && typeof fragment.index !== 'number'))
      return this.#findWithoutIndex(id, nameOf(fragment) !== '');
    const calls = this.#bySlot.get(slot) ?? [];
    const last = calls[calls.length - 1];
    if (id === '' || !last) return last;
    const same = calls.findLast((call) => call.upstreamId === id);
    if (same) return same;
    // A provider that numbers every call 0 shows itself by another id and another name.
    return last.upstreamId !== '' && nameOf(fragment) !== '' ? undefined : last;
  }

  #findWithoutIndex(id: string, hasName: boolean): CallState | undefined {
    const last = this.#calls[this.#calls.length - 1];
    if (id === '') return hasName ? undefined : last;
    const same = this.#calls.findLast((call) => call.upstreamId === id);
    // An id that comes after the name, and without it, belongs to the call that has none yet.
    return same ?? (!hasName && last?.upstreamId === '' ? last : undefined);
  }

  #create(fragment: JsonRecord, slot: number | undefined): CallState {
    const index = this.#calls.length;
    const upstreamId = idOf(fragment);
    const id = upstreamId !== '' && !this.#usedIds.has(upstreamId) ? upstreamId : this.#makeId(index);
    this.#usedIds.add(id);
    const call = new CallState(index, id, fragment);
    this.#calls.push(call);
    if (slot !== undefined) this.#bySlot.set(slot, [...(this.#bySlot.get(slot) ?? []), call]);
    return call;
  }

  #release(isEnd: boolean): ToolCallDelta[] {
    const deltas: ToolCallDelta[] = [];
    for (; this.#open < this.#calls.length; this.#open += 1) {
      const call = this.#calls[this.#open] as CallState;
      const isLast = this.#open === this.#calls.length - 1;
      const isOver = isEnd || (!isLast && call.isComplete);
      deltas.push(...call.send(isOver));
      if (!isOver) break;
    }
    return deltas;
  }
}
