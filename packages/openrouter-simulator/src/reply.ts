/** Writes an answer to the socket: whole events, or chopped, merged and mangled as a scenario wants. */
import type { ServerResponse } from 'node:http';
import { createGzip, type Gzip } from 'node:zlib';
import type { JsonRecord } from '@orcestator/protocol';
import type { Clock } from '@orcestator/service-kit';
import { drained } from '@orcestator/service-kit';
import { KEPT_EVENT_TIMES, type RecordedRequest } from './bookkeeping';
import type { Modifiers } from './scenario-id';

/** The client has closed the connection: generation stops, and so does billing (openrouter.md §7). */
export class ClientGoneError extends Error {}

/** The bytes of the keep-alive comment (openrouter.md §5.1). */
export const COMMENT = ': OPENROUTER PROCESSING\n\n';
export const DONE = 'data: [DONE]\n\n';

/** Headers of every answer (openrouter.md §2.2). */
const commonHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'X-Generation-Id,X-Provider-Name,request-id,cf-ray',
  server: 'cloudflare',
  'cf-ray': '8f0000000000abcd-SIM',
  'set-cookie': '__cf_bm=simulated; path=/; HttpOnly',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer, strict-origin-when-cross-origin',
  'permissions-policy': 'payment=(self)',
} as const;

export class Reply {
  readonly #response: ServerResponse;
  readonly #record: RecordedRequest;
  readonly #modifiers: Modifiers;
  readonly #clock: Clock;
  #held = '';
  #gzip: Gzip | undefined;
  #reshape: ((object: JsonRecord) => JsonRecord) | undefined;

  constructor(response: ServerResponse, record: RecordedRequest, modifiers: Modifiers, clock: Clock) {
    this.#response = response;
    this.#record = record;
    this.#modifiers = modifiers;
    this.#clock = clock;
  }

  get response(): ServerResponse {
    return this.#response;
  }

  /** Chunks and bodies in another API's shape; errors stay. */
  reshape(reshape: (object: JsonRecord) => JsonRecord): this {
    this.#reshape = reshape;
    return this;
  }

  /** Begins an event stream. */
  startStream(headers: Record<string, string> = {}): void {
    this.#head(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
      ...headers,
    });
    if (!this.#modifiers.mergeAll) this.#response.flushHeaders();
  }

  /** Begins a compressed stream that is flushed only at its end (pitfall 19). */
  startGzip(): void {
    this.startStream({ 'content-encoding': 'gzip' });
    this.#gzip = createGzip();
    this.#gzip.pipe(this.#response);
  }

  /** A whole JSON answer. */
  async json(status: number, body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const shaped = this.#reshape && status < 400 ? this.#reshape(body as JsonRecord) : body;
    await this.body(status, 'application/json', JSON.stringify(shaped), headers);
  }

  async body(
    status: number,
    contentType: string,
    text: string,
    headers: Record<string, string> = {},
  ): Promise<void> {
    this.#head(status, { 'content-type': contentType, ...headers });
    if (status >= 400) this.#record.outcome = 'error';
    this.#record.firstByteAt ??= this.#clock.now().getTime();
    await this.raw(text);
    this.end();
  }

  /** Begins a JSON answer whose bytes come later (padding, openrouter.md §4). */
  startJson(): void {
    this.#head(200, { 'content-type': 'application/json' });
    this.#response.flushHeaders();
  }

  async comment(): Promise<void> {
    await this.raw(COMMENT);
  }

  /** One data event from its JSON text; a promise means: wait for it before the next. */
  event(json: string): Promise<void> | undefined {
    const now = this.#clock.now().getTime();
    this.#record.firstByteAt ??= now;
    if (this.#record.eventTimes.length < KEPT_EVENT_TIMES) this.#record.eventTimes.push(now);
    const prefix = this.#modifiers.noSpaceData ? 'data:' : 'data: ';
    const text = this.#reshape ? JSON.stringify(this.#reshape(JSON.parse(json) as JsonRecord)) : json;
    return this.#send(`${prefix}${text}\n\n`);
  }

  async done(): Promise<void> {
    await this.raw(this.#modifiers.noSpaceData ? DONE.replace(' ', '') : DONE);
  }

  /** Text as it is, through the modifiers. Waits for a client that reads slowly; throws when it is gone. */
  async raw(text: string): Promise<void> {
    await this.#send(text);
  }

  #send(text: string): Promise<void> | undefined {
    this.#checkGone();
    const shaped = this.#modifiers.crlf ? text.replaceAll('\n', '\r\n') : text;
    if (this.#modifiers.mergeAll) {
      this.#held += shaped;
      return undefined;
    }
    if (this.#gzip) return void this.#gzip.write(shaped);
    const { chop } = this.#modifiers;
    return chop === undefined ? this.#write(shaped) : this.#chop(Buffer.from(shaped), chop);
  }

  async #chop(bytes: Buffer, chop: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += chop) {
      await this.#write(bytes.subarray(at, at + chop));
      // A turn of the event loop apart, so that each piece is a packet of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  end(): void {
    if (this.#held !== '') this.#response.write(this.#held);
    this.#record.bytesSent += Buffer.byteLength(this.#held);
    if (this.#record.outcome === 'running') this.#record.outcome = 'completed';
    if (this.#gzip) this.#gzip.end();
    else this.#response.end();
  }

  /** Cuts the connection: RST where the system allows. */
  reset(): void {
    this.#record.outcome = 'reset';
    this.#response.socket?.resetAndDestroy();
  }

  /** Closes the connection without the end of the chunked body. */
  cut(): void {
    this.#record.outcome = 'reset';
    this.#response.socket?.destroy();
  }

  #head(status: number, headers: Record<string, string>): void {
    this.#checkGone();
    this.#response.writeHead(status, {
      ...commonHeaders,
      'X-Generation-Id': this.#record.generationId,
      ...headers,
    });
  }

  #write(bytes: Buffer | string): Promise<void> | undefined {
    this.#checkGone();
    this.#record.bytesSent += Buffer.byteLength(bytes);
    return this.#response.write(bytes) ? undefined : drained(this.#response);
  }

  #checkGone(): void {
    if (this.#response.destroyed) throw new ClientGoneError('the client has left');
  }
}
