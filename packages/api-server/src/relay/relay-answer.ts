/** A worker's answer → the client: byte for byte, as it comes, no faster than the client reads. */
import type { Response } from 'express';
import {
  eventStreamHeaders,
  forwardedAnswerHeaders,
  OrcestatorError,
  pickHeaders,
  SSE_PING,
} from '@orcestator/protocol';
import { closeSoon, drained, watchSilence, type Clock, type StreamAnswer } from '@orcestator/service-kit';
import { StreamEnd } from './stream-end';

/** Milliseconds of silence of a worker after which the client is sent a comment: our worker speaks every 10 s. */
const PING_INTERVAL_MS = 12_000;

export interface RelayOptions {
  readonly answer: StreamAnswer;
  readonly response: Response;
  readonly clock: Clock;
  /** Aborts when the client has left or the service stops. */
  readonly signal: AbortSignal;
  /** The status that this client shows with its text; the worker's own where absent. */
  readonly status?: number;
  /** Told how many bytes were passed on. */
  readonly onBytes: (bytes: number) => void;
  /** Told that the worker broke off after the head; not when the client left. */
  readonly onBroken: () => void;
}

/** Resolves when the answer is complete or properly broken off; throws only while nothing was sent. */
export async function relayAnswer(options: RelayOptions): Promise<void> {
  const { answer, response } = options;
  const contentType = String(answer.headers['content-type'] ?? 'application/json');
  response.status(options.status ?? answer.status).set(pickHeaders(answer.headers, forwardedAnswerHeaders));
  if (contentType.startsWith('text/event-stream')) return relayStream(options);
  response.setHeader('content-type', contentType);
  const length = answer.headers['content-length'];
  if (typeof length === 'string') response.setHeader('content-length', length);
  try {
    await pass(options, () => false);
    response.end();
  } catch (error) {
    if (!response.headersSent) throw brokenWorker(error, options.signal);
    if (!options.signal.aborted) options.onBroken();
    // A JSON body that breaks off cannot be mended: the cut is the honest end.
    response.destroy();
  }
}

async function relayStream(options: RelayOptions): Promise<void> {
  const { response, clock, signal, onBroken } = options;
  const end = new StreamEnd();
  response.set(eventStreamHeaders);
  response.flushHeaders();
  const silence = watchSilence(
    clock,
    PING_INTERVAL_MS,
    () => void (response.writable && end.isBetweenEvents && response.write(SSE_PING)),
  );
  const close = (error?: unknown): void => {
    if (end.isBroken && !signal.aborted && !response.destroyed) onBroken();
    finish(
      response,
      end.missing(() => brokenWorker(error, signal)),
    );
  };
  try {
    await pass(options, (piece) => {
      silence.touch();
      end.look(piece);
      return end.isDone;
    });
    close();
  } catch (error) {
    close(error);
  } finally {
    silence.stop();
  }
}

function finish(response: Response, missing: string): void {
  if (response.destroyed) return;
  response.end(missing);
}

/** Until the end of the body, or until `look` says that a piece was the last one. */
async function pass(
  { answer, response, clock, onBytes }: RelayOptions,
  look: (piece: Buffer) => boolean,
): Promise<void> {
  for await (const piece of answer.body.iterator({ destroyOnReturn: false })) {
    const isLast = look(piece);
    onBytes(piece.length);
    if (!response.write(piece)) await drained(response);
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
