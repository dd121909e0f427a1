/** A chat stream of a server registered without a worker → the stream that a worker of ours would send. */
import { randomUUID } from 'node:crypto';
import {
  encodeErrorTail,
  encodeSseData,
  ORCESTATOR_MODEL,
  SSE_DONE,
  type ChatCompletionChunk,
} from '@orcestator/protocol';
import { readUpstreamStream, StreamNormaliser } from '@orcestator/stream-normaliser';
import { brokenServer, clean, LONGEST_SILENCE_MS, serverIsSilent } from './direct-errors';
import type { CleanStream, DirectStream } from './normalise-answer';
import { readDirectBody } from './read-sound-body';

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

async function* chatEvents(stream: DirectStream, normaliser: StreamNormaliser): AsyncGenerator<Buffer> {
  let hasBegun = false;
  try {
    for await (const chunks of readChunks(stream, normaliser)) {
      hasBegun = true;
      yield Buffer.from(chunks.map(encodeSseData).join(''));
    }
  } catch (thrown) {
    const error = brokenServer(thrown);
    if (!hasBegun || error.kind === 'client_gone') throw error;
    stream.onError(error);
    const { envelope: sent, openChoices } = normaliser;
    yield Buffer.from(encodeErrorTail({ sent, openChoices }, error));
    return;
  }
  yield Buffer.from((stream.includesUsage ? usageEvent(normaliser) : '') + SSE_DONE);
}

function readChunks(
  { answer, isBody, clock }: DirectStream,
  normaliser: StreamNormaliser,
): AsyncGenerator<ChatCompletionChunk[]> {
  if (isBody) return readBodyChunks(answer, normaliser, clock);
  // The reader's own reason speaks of an upstream and of the worker's settings.
  const abort = (): void => answer.body.destroy(serverIsSilent());
  return readUpstreamStream({ answer, normaliser, limits, clock, abort });
}

async function* readBodyChunks(
  answer: DirectStream['answer'],
  normaliser: StreamNormaliser,
  clock: DirectStream['clock'],
): AsyncGenerator<ChatCompletionChunk[]> {
  const chunks = normaliser.pushBody(await readDirectBody(answer, clock));
  if (chunks.length > 0) yield chunks;
  if (normaliser.outcome?.ok === false) throw normaliser.outcome.error;
}

function usageEvent({ envelope, usage }: StreamNormaliser): string {
  if (!usage) return '';
  return encodeSseData({ ...envelope, object: 'chat.completion.chunk', choices: [], usage });
}
