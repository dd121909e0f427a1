/**
 * Asks what an answer without usage has cost, a cancelled one above all: OpenRouter tells it under `/generation`, a while
 * after the end (openrouter.md §1.4). A bounded number of questions, each asked a bounded number of times.
 */
import { setMaxListeners } from 'node:events';
import type { LateUsage } from '@orcestator/audit';
import { isRecord, parseJson, type JsonRecord } from '@orcestator/protocol';
import {
  createConcurrencyLimit,
  type Clock,
  type StreamAnswer,
  type StreamClient,
  type TimerHandle,
} from '@orcestator/service-kit';
import type { RequestRecord } from '../recording';
import { numberOf } from './audit-entry';

export interface GenerationCostOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly client: StreamClient;
  readonly clock: Clock;
  /** `model` is the one that answered. */
  readonly onCost: (late: LateUsage, model: string) => void;
}

interface Question {
  readonly generationId: string;
  readonly model: string;
}

/** Milliseconds before each question: the record appears some seconds after the end, 404 until then. */
export const ASK_AFTER_MS = [2_000, 5_000, 15_000, 60_000, 300_000] as const;
const MOST_PENDING = 1_000;
const MOST_AT_ONCE = 4;
const ANSWER_TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 256 * 1024;

export class GenerationCost {
  readonly #options: GenerationCostOptions;
  readonly #pending = new Map<string, TimerHandle>();
  readonly #limit = createConcurrencyLimit(MOST_AT_ONCE, MOST_PENDING);
  readonly #stop = new AbortController();

  constructor(options: GenerationCostOptions) {
    this.#options = options;
    // Every question that waits for its turn listens to it.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Plans the question for a request that ended without usage; nothing for any other. */
  readonly record = ({ usage, facts, upstreamModel }: RequestRecord): Promise<void> => {
    if (usage === undefined && facts?.generationId !== undefined) this.ask(facts.generationId, upstreamModel);
    return Promise.resolve();
  };

  /** Only ids of OpenRouter's form: other servers have no such path. */
  ask(generationId: string, model: string): void {
    if (!/^gen-[\w-]{1,100}$/.test(generationId) || this.#stop.signal.aborted) return;
    if (this.#pending.has(generationId) || this.#pending.size >= MOST_PENDING) return;
    this.#plan({ generationId, model }, 0);
  }

  /** Questions that are open are dropped. */
  close(): void {
    this.#stop.abort(new Error('the worker stops'));
    for (const timer of this.#pending.values()) timer.stop();
    this.#pending.clear();
  }

  #plan(question: Question, attempt: number): void {
    const delay = ASK_AFTER_MS[attempt];
    const { generationId } = question;
    if (delay === undefined) return void this.#pending.delete(generationId);
    const timer = this.#options.clock.after(delay, () => void this.#try(question, attempt));
    this.#pending.set(generationId, timer);
  }

  async #try(question: Question, attempt: number): Promise<void> {
    const { generationId, model } = question;
    const found = await this.#fetch(generationId).catch(() => undefined);
    if (this.#stop.signal.aborted) return;
    const late = found && lateUsage(generationId, found);
    if (!late) return this.#plan(question, attempt + 1);
    this.#pending.delete(generationId);
    this.#options.onCost(late, model);
  }

  async #fetch(id: string): Promise<JsonRecord | undefined> {
    const { baseUrl, apiKey, client, clock } = this.#options;
    const release = await this.#limit.acquire(this.#stop.signal);
    const abort = new AbortController();
    const giveUp = (): void => abort.abort(new Error('the answer took too long'));
    const timer = clock.after(ANSWER_TIMEOUT_MS, giveUp);
    this.#stop.signal.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await client.open({
        method: 'GET',
        url: `${baseUrl}/generation?id=${id}`,
        headers: apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` },
        signal: abort.signal,
        headersTimeout: ANSWER_TIMEOUT_MS,
      });
      return await readData(answer);
    } finally {
      timer.stop();
      this.#stop.signal.removeEventListener('abort', giveUp);
      release();
    }
  }
}

async function readData({ status, body }: StreamAnswer): Promise<JsonRecord | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size > ANSWER_LIMIT) return undefined;
  }
  const answer = status === 200 ? parseJson(Buffer.concat(pieces).toString('utf8')) : undefined;
  return isRecord(answer) && isRecord(answer.data) ? answer.data : undefined;
}

/** `undefined` while the price is not there yet. */
function lateUsage(generationId: string, data: JsonRecord): LateUsage | undefined {
  const cost = numberOf(data.total_cost);
  if (cost === null) return undefined;
  return {
    generationId,
    provider: typeof data.provider_name === 'string' ? data.provider_name : null,
    usage: {
      // The native counts are those that are paid for.
      promptTokens: numberOf(data.native_tokens_prompt) ?? numberOf(data.tokens_prompt),
      completionTokens: numberOf(data.native_tokens_completion) ?? numberOf(data.tokens_completion),
      cachedTokens: numberOf(data.native_tokens_cached),
      reasoningTokens: numberOf(data.native_tokens_reasoning),
      cost,
    },
  };
}
