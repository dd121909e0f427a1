/** A worker's answer → the client: byte for byte, as it comes, no faster than the client reads. */
import type { Response } from 'express';
import {
  eventStreamHeaders,
  forwardedAnswerHeaders,
  OrcestatorError,
  pickHeaders,
  SSE_PING,
} from '@orcestator/protocol';
import { closeSoon, drained, roomWhileAlive, type Clock } from '@orcestator/service-kit';
import type { WorkerAnswer } from '../drivers/driver';
import type { AnswerVerdict } from './answer-verdict';
import { watchAnswer, type AnswerWatch } from './answer-watch';
import { StreamEnd } from './stream-end';

export interface RelayOptions {
  readonly answer: WorkerAnswer;
  readonly response: Response;
  readonly clock: Clock;
  /** Aborts when the client has left, the service stops or the time is over. */
  readonly signal: AbortSignal;
  /** The status that this client shows with its text; the worker's own where absent. */
  readonly status?: number;
  /** Told how many bytes were passed on. */
  readonly onBytes: (bytes: number) => void;
  /** Told how the answer ended, where that was the worker's doing. */
  readonly verdict: AnswerVerdict;
}

/** Resolves when the answer is complete or properly broken off; throws only while nothing was sent. */
export async function relayAnswer(options: RelayOptions): Promise<void> {
  const { answer, response } = options;
  const contentType = String(answer.headers['content-type'] ?? 'application/json');
  response.status(options.status ?? answer.status).set(pickHeaders(answer.headers, forwardedAnswerHeaders));
  if (contentType.startsWith('text/event-stream')) return relayStream(options);
  return relayBody(options, contentType);
}

async function relayBody(options: RelayOptions, contentType: string): Promise<void> {
  const { answer, response } = options;
  response.setHeader('content-type', contentType);
  const length = answer.headers['content-length'];
  if (typeof length === 'string') response.setHeader('content-length', length);
  const watch = watchWorker(options, () => undefined);
  try {
    await pass(options, watch, () => false);
    judge(options, false);
    response.end();
  } catch (error) {
    judge(options, true, error);
    if (!response.headersSent) throw brokenWorker(error, options.signal);
    // A JSON body that breaks off cannot be mended: the cut is the honest end.
    response.destroy();
  } finally {
    watch.stop();
  }
}

async function relayStream(options: RelayOptions): Promise<void> {
  const { response, signal } = options;
  const end = new StreamEnd();
  response.set(eventStreamHeaders);
  response.flushHeaders();
  const watch = watchWorker(
    options,
    () => void (response.writable && end.isBetweenEvents && response.write(SSE_PING)),
  );
  const close = (error?: unknown): void => {
    judge(options, end.isBroken, error);
    finish(
      response,
      end.missing(() => brokenWorker(error, signal)),
    );
  };
  try {
    await pass(options, watch, (piece) => {
      end.look(piece);
      return end.isDone;
    });
    close();
  } catch (error) {
    close(error);
  } finally {
    watch.stop();
  }
}

function watchWorker({ answer, clock }: RelayOptions, onSilence: () => void): AnswerWatch {
  const onFrozen = answer.isOurs ? (error: OrcestatorError) => answer.body.destroy(error) : undefined;
  return watchAnswer({ clock, onSilence, onFrozen });
}

/** Nothing is said against a worker where the client left or we broke off ourselves. */
function judge({ response, signal, verdict }: RelayOptions, isBroken: boolean, cause?: unknown): void {
  if (signal.aborted || response.destroyed) return;
  if (isBroken) verdict.broken(cause);
  else verdict.whole();
}

function finish(response: Response, missing: string): void {
  if (response.destroyed) return;
  response.end(missing);
}

/** Until the end of the body, or until `look` says that a piece was the last one. */
async function pass(
  { answer, response, clock, signal, onBytes }: RelayOptions,
  watch: AnswerWatch,
  look: (piece: Buffer) => boolean,
): Promise<void> {
  for await (const piece of answer.body.iterator({ destroyOnReturn: false })) {
    watch.touch();
    const isLast = look(piece);
    onBytes(piece.length);
    if (!response.write(piece)) {
      watch.rest();
      await roomWhileAlive(drained(response), signal, response, clock);
      watch.resume();
    }
    if (isLast || response.destroyed) break;
  }
  closeSoon(answer.body, clock);
}

/** Why a worker's answer is not whole: our own abort keeps its reason. */
function brokenWorker(error: unknown, signal: AbortSignal): OrcestatorError {
  if (signal.aborted && signal.reason instanceof OrcestatorError) return signal.reason;
  if (error instanceof OrcestatorError) return error;
  return new OrcestatorError(
    'worker_unreachable',
    'The worker broke off in the middle of its answer; ask again.',
    {
      cause: error,
    },
  );
}
