/** A chat stream of a server registered without a worker → the stream that a worker of ours would send. */
import { randomUUID } from 'node:crypto';
import {
  encodeErrorTail,
  encodeSseData,
  ORCESTATOR_MODEL,
  SSE_DONE,
  type ChatCompletionChunk,
} from '@orcestator/protocol';
import { readUpstreamBody, readUpstreamStream, StreamNormaliser } from '@orcestator/stream-normaliser';
import { brokenServer, clean, LONGEST_SILENCE_MS } from './direct-errors';
import type { CleanStream, DirectStream } from './normalise-answer';

/** Milliseconds. */
const limits = { byteIdle: LONGEST_SILENCE_MS, contentIdle: LONGEST_SILENCE_MS, finishLinger: 5_000 };

/** Throws before the first event; a later failure ends the stream properly. */
export function normaliseChatStream(stream: DirectStream): CleanStream {
  const normaliser = new StreamNormaliser({
    model: ORCESTATOR_MODEL,
    fallbackId: `chatcmpl-${randomUUID()}`,
    created: Math.floor(stream.clock.now().getTime() / 1000),
    clean,
  });
  return { events: chatEvents(stream, normaliser), upstreamModel: () => normaliser.upstreamModel };
}

async function* chatEvents(
  { answer, includesUsage, clock }: DirectStream,
  normaliser: StreamNormaliser,
): AsyncGenerator<Buffer> {
  let hasBegun = false;
  try {
    for await (const chunks of readChunks(answer, normaliser, clock)) {
      hasBegun = true;
      yield Buffer.from(chunks.map(encodeSseData).join(''));
    }
  } catch (thrown) {
    const error = brokenServer(thrown);
    if (!hasBegun || error.kind === 'client_gone') throw error;
    const { envelope: sent, openChoices } = normaliser;
    yield Buffer.from(encodeErrorTail({ sent, openChoices }, error));
    return;
  }
  yield Buffer.from((includesUsage ? usageEvent(normaliser) : '') + SSE_DONE);
}

function readChunks(
  answer: DirectStream['answer'],
  normaliser: StreamNormaliser,
  clock: DirectStream['clock'],
): AsyncGenerator<ChatCompletionChunk[]> {
  const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
  // Some servers answer a stream in one body.
  if (!isStream) return readUpstreamBody(answer, normaliser);
  const abort = (reason: Error): void => answer.body.destroy(reason);
  return readUpstreamStream({ answer, normaliser, limits, clock, abort });
}

function usageEvent({ envelope, usage }: StreamNormaliser): string {
  if (!usage) return '';
  return encodeSseData({ ...envelope, object: 'chat.completion.chunk', choices: [], usage });
}
