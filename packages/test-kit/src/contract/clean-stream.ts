/**
 * A strict reader of the streams that clients get: whatever breaks the stream contract (docs/architecture.md) is thrown
 * with the line that does. It shares nothing with the parsers of the services, so that it can judge them.
 */
import { CleanChoice, hold, isJson, type CleanToolCall, type Json } from './clean-choice';
import { readCleanLines } from './clean-lines';

export { BrokenContractError } from './clean-lines';
export type { CleanToolCall, Json } from './clean-choice';

export interface CleanStreamOptions {
  /** The client set `stream_options.include_usage`. */
  readonly asksUsage?: boolean;
}

export interface CleanError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** What the first choice says, and how the stream ends. */
export interface CleanStream {
  readonly text: string;
  readonly reasoning: string;
  /** Fragments as they came; `undefined` when there was no list at all. */
  readonly reasoningDetails: readonly unknown[] | undefined;
  readonly toolCalls: readonly CleanToolCall[];
  /** `undefined` when the stream failed before its first chunk. */
  readonly finish: string | undefined;
  readonly usage: Json | undefined;
  readonly error: CleanError | undefined;
  readonly comments: readonly string[];
}

const DONE = '[DONE]';
const errorFields = ['code', 'message', 'param', 'type'];
const counts = ['prompt_tokens', 'completion_tokens', 'total_tokens'];

export function readCleanStream(bytes: Uint8Array, options: CleanStreamOptions = {}): CleanStream {
  const { data, comments } = readCleanLines(bytes);
  const reader = new Reader(options);
  for (const line of data) reader.take(line);
  return { ...reader.end(), comments };
}

class Reader {
  readonly #asksUsage: boolean;
  readonly #choices = new Map<number, CleanChoice>();
  readonly #usedIds = new Set<string>();
  #id: unknown;
  #usage: Json | undefined;
  #error: CleanError | undefined;
  #isDone = false;

  constructor({ asksUsage = false }: CleanStreamOptions) {
    this.#asksUsage = asksUsage;
  }

  take(line: string): void {
    hold(!this.#isDone, 'something after [DONE]', line);
    if (line === DONE) {
      this.#isDone = true;
      return;
    }
    const chunk = parse(line);
    hold(isJson(chunk), 'not one JSON object', line);
    hold(this.#error === undefined, 'something after the error', line);
    hold(this.#usage === undefined, 'something after the usage chunk', line);
    if ('error' in chunk) this.#takeError(chunk, line);
    else this.#takeChunk(chunk, line);
  }

  end(): Omit<CleanStream, 'comments'> {
    hold(this.#isDone, 'no [DONE]', 'the end of the stream');
    const choices = [...this.#choices.values()];
    for (const { finish } of choices) {
      const isClosed = finish !== undefined && (finish === 'error') === (this.#error !== undefined);
      hold(isClosed, 'a choice that is not closed as the stream ends', `finish_reason ${String(finish)}`);
    }
    hold(
      choices.length > 0 || this.#error !== undefined,
      'neither a choice nor an error',
      'the whole stream',
    );
    const first = this.#choices.get(0) ?? new CleanChoice();
    return {
      text: first.text.join(''),
      reasoning: first.reasoning.join(''),
      reasoningDetails: first.hasDetails ? first.reasoningDetails : undefined,
      toolCalls: first.toolCalls,
      finish: first.finish,
      usage: this.#usage,
      error: this.#error,
    };
  }

  #takeChunk(chunk: Json, line: string): void {
    const { id, object, created, model, choices } = chunk;
    hold(model === 'orcestator', 'model is not orcestator', line);
    hold(object === 'chat.completion.chunk', 'object is no chunk', line);
    hold(typeof created === 'number', 'created is no number', line);
    hold(typeof id === 'string' && id !== '', 'no id', line);
    hold(this.#id === undefined || id === this.#id, 'the id changes', line);
    this.#id = id;
    hold(Array.isArray(choices), 'no list of choices', line);
    if (choices.length === 0) return this.#takeUsage(chunk, line);
    hold(chunk.usage === undefined || chunk.usage === null, 'usage beside a choice', line);
    for (const choice of choices as unknown[]) this.#takeChoice(choice, line);
  }

  #takeChoice(choice: unknown, line: string): void {
    hold(isJson(choice) && typeof choice.index === 'number', 'a choice without index', line);
    const state = this.#choices.get(choice.index) ?? new CleanChoice();
    this.#choices.set(choice.index, state);
    state.take(choice, this.#usedIds, line);
  }

  #takeUsage(chunk: Json, line: string): void {
    const { usage } = chunk;
    hold(isJson(usage), 'empty choices without usage', line);
    hold(this.#asksUsage, 'usage that nobody asked for', line);
    hold(this.#isFinished(), 'usage before the finish chunk', line);
    for (const name of counts) hold(typeof usage[name] === 'number', `usage without ${name}`, line);
    this.#usage = usage;
  }

  #takeError(frame: Json, line: string): void {
    hold(Object.keys(frame).length === 1, 'an error beside something else', line);
    const { error } = frame;
    hold(isJson(error), 'the error is no object', line);
    hold(Object.keys(error).sort().join() === errorFields.join(), "not the error's four fields", line);
    const { message, type, param, code } = error;
    hold(typeof message === 'string' && message !== '', 'an error without a message', line);
    hold(typeof type === 'string' && type !== '', 'an error without a type', line);
    hold(param === null || typeof param === 'string', 'param is no text', line);
    hold(code === null || typeof code === 'string', 'code is no text', line);
    for (const choice of this.#choices.values())
      hold(choice.finish === 'error', 'an error before the choice was closed with "error"', line);
    this.#error = { message, type, param, code };
  }

  #isFinished(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length > 0 && choices.every(({ finish }) => finish !== undefined && finish !== 'error');
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
