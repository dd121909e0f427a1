/** An open upstream answer as batches of clean chunks, with the timers that end a dead one. */
import { OrcestatorError, type ChatCompletionChunk } from '@orcestator/protocol';
import { closeSoon, watchSilence, type Clock, type StreamAnswer } from '@orcestator/service-kit';
import type { StreamNormaliser } from './stream-normaliser';

/** Limits of an answer under way, in milliseconds. */
export interface StreamLimits {
  /** Silence of any kind: not even comments. */
  readonly byteIdle: number;
  /** Silence of the model: comments do not count (pitfall 4). */
  readonly contentIdle: number;
  /** After the finish chunk only usage and `[DONE]` are missing: the answer does not wait longer for them. */
  readonly finishLinger: number;
}

/** Bytes that are parsed at once. */
const SLICE_BYTES = 4 * 1024;

export interface UpstreamStreamOptions {
  readonly answer: StreamAnswer;
  readonly normaliser: StreamNormaliser;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  /** Closes the upstream connection; the reason is thrown to the reader. */
  readonly abort: (reason: OrcestatorError) => void;
}

/** Yields chunks as they come; returns at a sound end, throws the {@link OrcestatorError} of a broken one. */
export async function* readUpstreamStream(
  options: UpstreamStreamOptions,
): AsyncGenerator<ChatCompletionChunk[]> {
  const { answer, normaliser, clock } = options;
  const timers = startTimers(options);
  let payloads = 0;
  try {
    for await (const bytes of slices(answer.body)) {
      timers.bytes.touch();
      const chunks = normaliser.push(bytes);
      if (normaliser.payloads > payloads) {
        // The model speaks, also where what it says has to wait for what it said before.
        payloads = normaliser.payloads;
        timers.content.touch();
        timers.finish.stop();
      }
      if (chunks.length > 0) {
        // Whatever the client takes to read does not count against the upstream.
        timers.rest();
        yield chunks;
        timers.resume();
      }
      if (normaliser.outcome) break;
      // A further choice may begin when all so far have ended (`n`, a list of prompts).
      if (normaliser.isFinished) timers.finish.start();
      else timers.finish.stop();
    }
  } catch (error) {
    // Cut by the linger timer or by the network when the content was complete: that is a sound end.
    const isNetworks = !(error instanceof OrcestatorError);
    if (!timers.finish.hasFired && !(isNetworks && normaliser.isFinished)) throw error;
  } finally {
    timers.stop();
    closeSoon(answer.body, clock);
  }
  const rest = normaliser.end();
  if (rest.length > 0) yield rest;
  if (normaliser.outcome?.ok === false) throw normaliser.outcome.error;
}

/**
 * Bytes as they come, large pieces cut: the parsed chunks of a piece weigh ten times as much as its bytes, and are held
 * for as long as the client does not read.
 */
async function* slices(body: StreamAnswer['body']): AsyncGenerator<Buffer> {
  for await (const bytes of body.iterator({ destroyOnReturn: false })) {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
  }
}

/** A whole body as text; throws `upstream_failed` where it has more bytes than the limit. */
export async function readBodyText({ body }: StreamAnswer, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of body) {
    pieces.push(bytes);
    size += bytes.length;
    if (size > limit) throw new OrcestatorError('upstream_failed', "The upstream's answer is too large.");
  }
  return Buffer.concat(pieces).toString('utf8');
}

function startTimers({ limits, clock, abort }: UpstreamStreamOptions) {
  let isResting = false;
  const silent = (milliseconds: number, what: string, setting: string) => () => {
    if (isResting) return;
    abort(new OrcestatorError('timeout', `The upstream ${what} for ${milliseconds / 1000} s (${setting}).`));
  };
  const bytes = watchSilence(
    clock,
    limits.byteIdle,
    silent(limits.byteIdle, 'sent nothing', 'OR_BYTE_IDLE_TIMEOUT'),
  );
  const content = watchSilence(
    clock,
    limits.contentIdle,
    silent(limits.contentIdle, 'sent no content', 'OR_CONTENT_IDLE_TIMEOUT'),
  );
  const finish = createFinishTimer(limits.finishLinger, clock, abort);
  return {
    bytes,
    content,
    finish,
    rest: () => void (isResting = true),
    resume: () => {
      isResting = false;
      bytes.touch();
      content.touch();
    },
    stop: () => {
      bytes.stop();
      content.stop();
      finish.stop();
    },
  };
}

function createFinishTimer(milliseconds: number, clock: Clock, abort: (reason: OrcestatorError) => void) {
  let timer: { stop(): void } | undefined;
  const state = {
    hasFired: false,
    start: () => {
      timer ??= clock.after(milliseconds, () => {
        state.hasFired = true;
        abort(new OrcestatorError('timeout', 'The upstream did not end its stream after the finish chunk.'));
      });
    },
    stop: () => {
      timer?.stop();
      timer = undefined;
    },
  };
  return state;
}
