/** Reading server-sent events from bytes cut anywhere (WHATWG HTML §9.2.6). */

/** One dispatched event. */
export interface SseEvent {
  /** `event:` field, `message` where there is none. */
  event: string;
  /** `data:` lines joined by LF. */
  data: string;
}

/** An event grew over the bound: the stream cannot be trusted any more. */
export class SseEventTooLargeError extends Error {
  constructor(limit: number) {
    super(`an event of the stream is larger than ${limit} characters`);
    this.name = 'SseEventTooLargeError';
  }
}

/** Largest event in characters, so that a peer cannot fill the memory. */
export const SSE_EVENT_LIMIT = 8 * 1024 * 1024;

/**
 * Turns bytes into events. LF, CRLF and CR end a line, a BOM is skipped, `data:` needs no space after it, comments and
 * unknown fields are ignored. Any cut of the same bytes gives the same events.
 */
export class SseDecoder {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #limit: number;
  /** Pieces of a line whose end has not come; kept apart so that a long line is joined once. */
  #pieces: string[] = [];
  #size = 0;
  #data: string[] = [];
  #event = '';
  #skipLineFeed = false;
  /** Thrown by the next call when events came before the one that is too large. */
  #failure: SseEventTooLargeError | undefined;

  constructor(limit: number = SSE_EVENT_LIMIT) {
    this.#limit = limit;
  }

  /** The events that these bytes complete. Throws {@link SseEventTooLargeError}. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The last event, where the stream ended without its blank line. */
  end(): SseEvent[] {
    const events = this.#read(this.#decoder.decode());
    if (this.#pieces.length > 0) this.#takeLine('', events);
    this.#dispatch(events);
    return events;
  }

  #read(text: string): SseEvent[] {
    if (this.#failure) throw this.#failure;
    const events: SseEvent[] = [];
    try {
      this.#readLines(text, events);
    } catch (error) {
      if (events.length === 0 || !(error instanceof SseEventTooLargeError)) throw error;
      this.#failure = error;
    }
    return events;
  }

  #readLines(text: string, events: SseEvent[]): void {
    let from = 0;
    if (this.#skipLineFeed && text !== '') {
      this.#skipLineFeed = false;
      if (text.startsWith('\n')) from = 1;
    }
    const hasCarriageReturn = text.includes('\r');
    for (;;) {
      const end = hasCarriageReturn ? nextLineEnd(text, from) : text.indexOf('\n', from);
      if (end < 0) break;
      this.#takeLine(text.slice(from, end), events);
      from = end + 1;
      if (text[end] === '\r') {
        if (text[from] === '\n') from += 1;
        else if (from === text.length) this.#skipLineFeed = true;
      }
    }
    if (from < text.length) this.#keep(text.slice(from));
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#grow(piece.length);
  }

  #grow(characters: number): void {
    this.#size += characters;
    if (this.#size > this.#limit) throw new SseEventTooLargeError(this.#limit);
  }

  #takeLine(rest: string, events: SseEvent[]): void {
    this.#grow(rest.length);
    let line = rest;
    if (this.#pieces.length > 0) {
      line = this.#pieces.join('') + rest;
      this.#pieces = [];
    }
    if (line === '') return this.#dispatch(events);
    if (line.startsWith(':')) {
      this.#size -= line.length;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data.length > 0) events.push({ event: this.#event || 'message', data: this.#data.join('\n') });
    this.#data = [];
    this.#event = '';
    this.#size = 0;
  }
}

function nextLineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
  }
  return -1;
}
