/**
 * How VS Code's Copilot Chat reads a stream (clients.md §3.3, openrouter.md §11.1), re-implemented: what this loses, the
 * user of VS Code never sees.
 */

interface Fragment {
  id?: string;
  function?: { name?: string; arguments?: string };
}

interface Choice {
  index: number;
  delta?: Record<string, unknown> & { content?: string | null; tool_calls?: Fragment[] };
  finish_reason?: string | null;
}

interface Chunk {
  choices?: Choice[];
  error?: { message?: string };
  usage?: Record<string, unknown> | null;
}

export interface CopilotToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** What ends up on the screen. */
export interface CopilotAnswer {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly CopilotToolCall[];
  readonly usage: Record<string, unknown> | undefined;
  /** `undefined` for a success. */
  readonly failure: string | undefined;
  /** Lines that it would complain about in its log. */
  readonly complaints: readonly string[];
}

export const NO_CHOICES = 'Response contained no choices.';
const successes = new Set(['stop', 'tool_calls', 'function_call']);
const thinkingFields = ['cot_summary', 'reasoning_text', 'thinking', 'reasoning_content', 'reasoning'];

export function readAsCopilot(bytes: Uint8Array): CopilotAnswer {
  const reader = new CopilotReader();
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  for (const line of lines.slice(0, -1)) {
    if (line === '' || line.startsWith(':')) continue;
    if (reader.take(line)) break;
  }
  return reader.end();
}

class CopilotReader {
  #text = '';
  #thinking = '';
  readonly #toolCalls: CopilotToolCall[] = [];
  readonly #complaints: string[] = [];
  #usage: Record<string, unknown> | undefined;
  #hasBegun = false;
  #finish: string | undefined;
  #error: string | undefined;

  /** True at the end of the stream. */
  take(line: string): boolean {
    const payload = line.slice('data:'.length).trim();
    if (payload === '[DONE]') return true;
    let chunk: Chunk;
    try {
      chunk = JSON.parse(payload) as Chunk;
    } catch {
      this.#complaints.push(line);
      return false;
    }
    if (chunk.usage) this.#usage = chunk.usage;
    if (chunk.choices) for (const choice of chunk.choices) this.#takeChoice(choice);
    else if (chunk.error) this.#error = chunk.error.message;
    return false;
  }

  end(): CopilotAnswer {
    return {
      text: this.#text,
      thinking: this.#thinking,
      toolCalls: this.#isDelivered() ? this.#toolCalls : [],
      usage: this.#usage,
      failure: this.#failure(),
      complaints: this.#complaints,
    };
  }

  #takeChoice({ delta = {}, finish_reason: finish }: Choice): void {
    for (const field of thinkingFields) {
      const thought = delta[field];
      if (typeof thought !== 'string' || thought === '') continue;
      this.#thinking += thought;
      break;
    }
    this.#hasBegun = true;
    if (this.#finish !== undefined) return;
    // Even an empty list hides the content beside it.
    if (delta.tool_calls) delta.tool_calls.forEach((fragment) => this.#takeFragment(fragment));
    else this.#text += delta.content ?? '';
    if (finish) this.#finish = finish;
  }

  #takeFragment({ id, function: details = {} }: Fragment): void {
    let call = this.#toolCalls.at(-1);
    if (!call || (id !== undefined && id !== call.id)) {
      call = { id: id ?? 'undefined', name: '', arguments: '' };
      this.#toolCalls.push(call);
    }
    call.name += details.name ?? '';
    call.arguments += details.arguments ?? '';
  }

  #isDelivered(): boolean {
    return this.#finish !== undefined && successes.has(this.#finish);
  }

  #failure(): string | undefined {
    // The message of an error is lost unless it is the first thing, or the choice was closed before it.
    if (this.#error !== undefined) return this.#hasBegun && !this.#finish ? NO_CHOICES : this.#error;
    if (this.#finish === 'error') return 'Server error. Stream terminated';
    if (this.#finish === 'content_filter') return 'Response got filtered.';
    if (this.#finish === 'length') return this.#toolCalls.length > 0 ? 'No response was returned' : undefined;
    return this.#isDelivered() ? undefined : NO_CHOICES;
  }
}
