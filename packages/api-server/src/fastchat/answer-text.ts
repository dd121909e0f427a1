/** Generations → the client's answer: a stream, or one body when all of them are there. */
import { randomUUID } from 'node:crypto';
import { isRecord, OrcestatorError, workerPaths, type JsonRecord } from '@orcestator/protocol';
import { networkFailureOf, type Clock, type StreamAnswer } from '@orcestator/service-kit';
import { WorkerStatusError } from '../drivers/driver';
import { createEnvelope, type AnswerShape } from './answer-shapes';
import { isError } from './frames/frame-decoder';
import { readFrames } from './frames/read-frames';
import { finishReasonOf, sumUsage, type Generation } from './generation';
import { jsonAnswer, upstreamModelHeader } from '../drivers/json-answer';
import { openTextStream } from './open-text-stream';
import { TextEvents } from './text-events';
import type { WorkerCalls } from './worker-calls';
import { toWorkerError } from './worker-error';

export interface AnswerTextOptions {
  readonly calls: WorkerCalls;
  readonly model: string;
  readonly generations: readonly Generation[];
  readonly shape: AnswerShape;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Milliseconds: to the head of a stream and between its frames, or to the whole answer. */
  readonly timeout: number;
}

export interface AnswerStreamOptions extends AnswerTextOptions {
  readonly includeUsage: boolean;
  /** Told that the worker broke off in the middle; not when the client left. */
  readonly onBroken: () => void;
}

export async function answerWhole(options: AnswerTextOptions): Promise<StreamAnswer> {
  const { calls, model, generations, shape, timeout, clock } = options;
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  try {
    const answers = await Promise.all(
      generations.map(({ params }) => generate(calls, params, { signal, timeout })),
    );
    const choices = answers.map((answer, place) =>
      shape.whole(
        generations[place]?.index ?? place,
        textOf(answer),
        finishReasonOf(answer) ?? 'stop',
        answer,
      ),
    );
    const usage = sumUsage(answers.map((answer) => answer.usage));
    const { id, created, model: name } = createEnvelope(shape, randomUUID, clock.now());
    const body = { id, object: shape.object, created, model: name, choices, ...(usage ? { usage } : {}) };
    return jsonAnswer(200, body, upstreamModelHeader(model));
  } catch (error) {
    // One of them failed: nobody will read the others.
    abort.abort(error);
    throw error;
  }
}

async function generate(
  calls: WorkerCalls,
  params: Generation['params'],
  options: { signal: AbortSignal; timeout: number },
): Promise<JsonRecord> {
  const answer = await calls.post(workerPaths.generate, params, options);
  if (!isRecord(answer)) throw new WorkerStatusError(workerPaths.generate, 200);
  if (isError(answer)) throw toWorkerError(Number(answer.error_code), textOf(answer));
  return answer;
}

export async function answerStream(options: AnswerStreamOptions): Promise<StreamAnswer> {
  const { calls, model, generations, shape, timeout, clock, includeUsage } = options;
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const text = new TextEvents({
    generations,
    shape,
    includeUsage,
    envelope: createEnvelope(shape, randomUUID, clock.now()),
    open: async ({ params }) =>
      readFrames(await calls.stream(workerPaths.generateStream, params, { signal, timeout })),
    explain: (error) => {
      if (!options.signal.aborted) options.onBroken();
      return brokenStream(error, signal);
    },
  });
  const body = await openTextStream(text, {
    clock,
    silenceLimit: timeout,
    giveUp: (reason) => abort.abort(reason),
  });
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...upstreamModelHeader(model) },
    body,
  };
}

/** Our own abort keeps its reason, a worker's error its words. */
function brokenStream(error: unknown, signal: AbortSignal): OrcestatorError {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason instanceof OrcestatorError) return reason;
  if (networkFailureOf(error) === 'timeout') {
    return new OrcestatorError('timeout', 'The worker did not begin the next answer in time; ask again.', {
      cause: error,
    });
  }
  return new OrcestatorError(
    'worker_unreachable',
    'The worker broke off in the middle of its answer; ask again.',
    { cause: error },
  );
}

function textOf(answer: JsonRecord): string {
  return typeof answer.text === 'string' ? answer.text : '';
}
