/** One request from its slot to its record: upstream → clean chunks → client. */
import type { Response } from 'express';
import {
  OrcestatorError,
  toOrcestatorError,
  UPSTREAM_MODEL_HEADER,
  workerHops,
  type ChatCompletionChunk,
} from '@orcestator/protocol';
import {
  roomWhileAlive,
  settledWithin,
  startServerTiming,
  type Clock,
  type ConcurrencyLimit,
  type Release,
  type ServerTiming,
} from '@orcestator/service-kit';
import type { ChatStream, GenerateContext, WorkerKind } from '../kinds/worker-kind';
import type { Outcome, Recorder, RequestRecord } from '../recording';
import type { ReasoningCache } from '../reasoning/reasoning-cache';
import { reattachReasoning } from '../reasoning/reattach-reasoning';
import { rememberReasoning } from '../reasoning/remember-reasoning';
import type { AnswerSink } from './answer-sink';
import { BodySink } from './body-sink';
import type { ChatRequest } from './chat-request';
import { CompletionBuilder } from './completion-builder';
import type { Job } from './job';
import { nestingError } from './nesting';
import { requestFacts } from './request-facts';
import { StreamSink } from './stream-sink';
import { TokenGaps } from './token-gaps';

export interface ServeDependencies {
  readonly kind: WorkerKind;
  readonly limit: ConcurrencyLimit;
  readonly record: Recorder;
  readonly clock: Clock;
  /** Characters of each text of a streamed answer that are kept for its record. */
  readonly recordedTextLimit: number;
}

export interface ServeChatDependencies extends ServeDependencies {
  readonly reasoning: ReasoningCache;
}

/** Milliseconds that the end of an answer waits for its record: a hanging disk must not hold the client. */
const RECORD_WAIT_MS = 250;

/** Serves an OpenAI chat request. Throws the error when nothing was sent yet; otherwise the answer is complete or properly broken off. */
export function serveChat(
  request: ChatRequest,
  response: Response,
  context: GenerateContext,
  deps: ServeChatDependencies,
): Promise<void> {
  const { body, messages, isStream, includesUsage } = request;
  const job: Job = {
    body,
    requestedModel: String(body.model),
    messages,
    isStream,
    needsWholeAnswer: !isStream,
    createSink: (builder) =>
      isStream
        ? new StreamSink(response, { includesUsage, clock: deps.clock })
        : new BodySink(response, (usage) => builder.toCompletion(usage)),
    start: () => deps.kind.generateStreamGate(reattachReasoning(body, deps.reasoning), context),
    onSuccess: (builder) => {
      const said = { answer: builder.text(), details: builder.reasoningDetails() };
      rememberReasoning({ messages, ...said }, deps.reasoning);
    },
  };
  return serve(job, response, context, deps);
}

/** The same for any job. */
export async function serve(
  job: Job,
  response: Response,
  context: GenerateContext,
  deps: ServeDependencies,
): Promise<void> {
  const refusal = nestingError(job);
  // Nothing of such a request is looked at again, not even for its record.
  const sound = refusal ? { ...job, body: {}, messages: [] } : job;
  const exchange = new Exchange(sound, response, context, deps);
  let release: Release;
  try {
    if (refusal) throw refusal;
    release = await exchange.timing.during('queue', () => deps.limit.acquire(context.signal));
  } catch (error) {
    if (await exchange.fail(error)) return;
    throw error;
  }
  try {
    await exchange.run();
  } finally {
    release();
  }
}

class Exchange {
  readonly timing: ServerTiming;
  readonly #job: Job;
  readonly #response: Response;
  readonly #context: GenerateContext;
  readonly #deps: ServeDependencies;
  readonly #sink: AnswerSink;
  readonly #builder: CompletionBuilder;
  readonly #gaps: TokenGaps;
  readonly #start: number;
  #stream: ChatStream | undefined;
  #firstChunkMs: number | undefined;
  #isRecorded = false;

  constructor(job: Job, response: Response, context: GenerateContext, deps: ServeDependencies) {
    this.#job = job;
    this.#context = context;
    this.#response = response;
    this.#deps = deps;
    this.timing = startServerTiming(response, 'worker', deps.clock);
    this.#gaps = new TokenGaps(deps.clock);
    this.#start = deps.clock.monotonic();
    this.#builder = new CompletionBuilder(job.needsWholeAnswer ? Infinity : deps.recordedTextLimit);
    this.#sink = job.createSink(this.#builder);
  }

  async run(): Promise<void> {
    try {
      const stream = await this.#job.start();
      this.#stream = stream;
      this.#tellModel(stream);
      this.timing.start('upstream');
      for await (const chunks of stream.chunks) await this.#pass(stream, chunks);
      this.timing.stop('generation');
      this.#job.onSuccess?.(this.#builder);
      const sendEnd = this.#sink.prepareEnd(stream.usage());
      await this.#record('ok');
      sendEnd();
    } catch (error) {
      if (!(await this.fail(error))) throw error;
    } finally {
      this.#sink.close();
    }
  }

  /** Records the failure and writes it into a stream that has begun; `false` when it must become an HTTP error. */
  async fail(thrown: unknown): Promise<boolean> {
    const error = toOrcestatorError(thrown);
    for (const hop of workerHops) this.timing.stop(hop);
    const isCancelled = error.kind === 'client_gone';
    await this.#record(isCancelled ? 'cancelled' : 'error', error);
    this.#sink.close();
    if (isCancelled) return false;
    return this.#sink.fail(error, this.#stream?.openChoices() ?? []);
  }

  async #pass(stream: ChatStream, chunks: readonly ChatCompletionChunk[]): Promise<void> {
    const isFirst = this.#firstChunkMs === undefined;
    if (isFirst) {
      this.#firstChunkMs = this.#elapsed();
      this.timing.stop('upstream');
      this.#tellModel(stream);
    }
    this.#gaps.mark();
    for (const chunk of chunks) this.#builder.add(chunk);
    const room = this.#sink.write(chunks);
    if (isFirst) this.timing.start('generation');
    if (!room) return;
    this.#gaps.rest();
    await roomWhileAlive(room, stream.signal, this.#response, this.#deps.clock);
  }

  /** The model asked for, so that a head sent during a long silence has it; replaced by the one that answers. */
  #tellModel(stream: ChatStream): void {
    this.#sink.setHeaders({
      ...stream.headers(),
      [UPSTREAM_MODEL_HEADER]: headerText(stream.upstreamModel()),
    });
  }

  /** Once for each request. Kept before the answer ends, so that an answer whose end the client saw is in the log after `kill -9`. */
  async #record(outcome: Outcome, error?: OrcestatorError): Promise<void> {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    const { body, messages, isStream, requestedModel } = this.#job;
    const record: RequestRecord = {
      requestId: this.#context.requestId,
      endedAt: this.#deps.clock.now(),
      messages,
      isStream,
      requestedModel,
      upstreamModel: this.#stream?.upstreamModel() ?? '',
      answer: this.#builder.text(),
      usage: this.#stream?.usage(),
      latencyMs: this.#elapsed(),
      firstChunkMs: this.#firstChunkMs,
      tokenGaps: this.#gaps.tally,
      outcome,
      ...(error ? { error: error.message } : {}),
      facts: requestFacts(body, this.#context.headers, this.#stream, this.#builder, error),
    };
    await settledWithin(this.#deps.record(record), RECORD_WAIT_MS, this.#deps.clock);
  }

  #elapsed(): number {
    return this.#deps.clock.monotonic() - this.#start;
  }
}

/** A header takes printable ASCII only; a model id is nothing else unless upstream is broken. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
