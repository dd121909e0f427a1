/** One chat request as a scenario sees it: what was asked, how to answer, how time passes. */
import type { JsonRecord } from '@orcestator/protocol';
import type { RecordedRequest } from './bookkeeping';
import {
  completionBody,
  completionTokensOf,
  reasoningTokensOf,
  tokensOf,
  piecesOf,
  type Answer,
} from './answers/answer';
import { promptCharacters } from './answers/conversation';
import {
  chunkJson,
  choice,
  countTokens,
  textChunkFrame,
  toolChoice,
  usageOf,
  type Generation,
} from './answers/generation';
import type { Settings } from './options';
import { ClientGoneError, type Reply } from './reply';

export type UsageShape = 'a' | 'b' | 'c' | 'none';

export interface ExchangeParts {
  readonly body: JsonRecord;
  readonly argument: string | undefined;
  readonly generation: Generation;
  readonly reply: Reply;
  readonly record: RecordedRequest;
  readonly settings: Settings;
}

/** Characters of a piece of a tool call's arguments: the sheet's sample is cut so (§5.4). */
const ARGUMENT_PIECE = 8;

export class Exchange {
  readonly body: JsonRecord;
  readonly argument: string | undefined;
  readonly generation: Generation;
  readonly reply: Reply;
  readonly record: RecordedRequest;
  readonly settings: Settings;
  #callCount = 0;

  constructor(parts: ExchangeParts) {
    this.body = parts.body;
    this.argument = parts.argument;
    this.generation = parts.generation;
    this.reply = parts.reply;
    this.record = parts.record;
    this.settings = parts.settings;
    this.record.promptTokens = countTokens({ length: promptCharacters(this.body) });
  }

  get isStream(): boolean {
    return this.body.stream === true;
  }

  /** The argument as a number. */
  number(otherwise: number): number {
    const value = Number(this.argument);
    return this.argument !== undefined && Number.isFinite(value) ? value : otherwise;
  }

  makeCallId = (): string => `call_${this.generation.id.slice(-8)}${(this.#callCount += 1)}`;

  /** Milliseconds pass; throws when the client leaves meanwhile. */
  async wait(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    const { response } = this.reply;
    await new Promise<void>((resolve) => {
      const timer = this.settings.clock.after(milliseconds, () => {
        response.off('close', leave);
        resolve();
      });
      const leave = (): void => {
        timer.stop();
        resolve();
      };
      response.once('close', leave);
    });
    if (response.destroyed) throw new ClientGoneError('the client has left');
  }

  /** The time to the first token, filled with comments. */
  async think(total = this.settings.firstTokenDelay): Promise<void> {
    const { commentFirst, commentInterval } = this.settings;
    let left = total;
    for (let next = commentFirst; commentInterval > 0 && left > next; next = commentInterval) {
      await this.wait(next);
      left -= next;
      await this.reply.comment();
    }
    await this.wait(left);
  }

  /** Streams text, a token a chunk. */
  async text(text: string): Promise<void> {
    await this.tokens(tokensOf(text));
  }

  async tokens(tokens: Iterable<string>, delay = this.settings.tokenDelay): Promise<void> {
    const { before, after } = textChunkFrame(this.generation);
    let length = 0;
    for (const token of tokens) {
      const full = this.reply.event(before + JSON.stringify(token) + after);
      if (full) await full;
      length += token.length;
      this.record.completionTokens = countTokens({ length });
      if (delay > 0) await this.wait(delay);
    }
  }

  async chunk(choices: JsonRecord[], extra: { top?: JsonRecord; tail?: JsonRecord } = {}): Promise<void> {
    await this.reply.event(chunkJson(this.generation, choices, extra));
  }

  /** Tool calls one after the other, as OpenAI's models send them. */
  async toolCalls(answer: Answer): Promise<void> {
    for (const [index, call] of answer.toolCalls.entries()) {
      const first = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
      await this.chunk([toolChoice(first)]);
      for (const piece of piecesOf(call.arguments, ARGUMENT_PIECE)) {
        await this.wait(this.settings.tokenDelay);
        await this.chunk([toolChoice({ index, function: { arguments: piece } })]);
      }
    }
  }

  async finish(finish: string | null, native = finish): Promise<void> {
    this.record.finishReason = finish;
    await this.chunk([choice({}, finish, native)]);
  }

  /** Usage in one of its three shapes (openrouter.md §5.3). */
  async usage(answer: Answer, shape: UsageShape = 'c'): Promise<void> {
    this.#count(answer);
    const { promptTokens, completionTokens, reasoningTokens } = this.record;
    const tail = { usage: usageOf(this.generation.price, promptTokens, completionTokens, reasoningTokens) };
    const top = { service_tier: 'default' };
    if (shape === 'a') await this.chunk([choice({})], { tail });
    if (shape === 'b') await this.chunk([], { tail });
    if (shape === 'c') await this.chunk([choice({}, answer.finish, answer.native)], { top, tail });
  }

  /** A whole sound answer, streamed or not. */
  async answer(answer: Answer, shape: UsageShape = 'c'): Promise<void> {
    if (!this.isStream) return this.answerBody(answer);
    this.reply.startStream();
    await this.think();
    if (answer.text !== '') await this.text(answer.text);
    await this.toolCalls(answer);
    await this.finish(answer.finish, answer.native);
    await this.usage(answer, shape);
    await this.reply.done();
    this.reply.end();
  }

  /** The non-stream form, after the time that the stream would have taken. */
  async answerBody(answer: Answer, time = this.#timeOf(answer)): Promise<void> {
    this.#count(answer);
    this.record.finishReason = answer.finish;
    await this.wait(time);
    await this.reply.json(200, completionBody(this.generation, answer, this.record.promptTokens));
  }

  #timeOf({ text }: Answer): number {
    const { firstTokenDelay, tokenDelay } = this.settings;
    return tokenDelay === 0 ? firstTokenDelay : firstTokenDelay + tokenDelay * tokensOf(text).length;
  }

  #count(answer: Answer): void {
    this.record.completionTokens = completionTokensOf(answer);
    this.record.reasoningTokens = reasoningTokensOf(answer);
  }
}
