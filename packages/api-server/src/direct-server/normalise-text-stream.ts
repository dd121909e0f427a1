/** A stream of `/v1/completions` from a server registered without a worker: another `model`, and a proper end. */
import {
  encodeSseData,
  isRecord,
  parseJson,
  SSE_DONE,
  SseDecoder,
  toOpenAiError,
} from '@orcestator/protocol';
import { closeSoon, watchSilence } from '@orcestator/service-kit';
import { brokenServer, LONGEST_SILENCE_MS, notAnAnswer, serverIsSilent } from './direct-errors';
import type { CleanStream, DirectStream } from './normalise-answer';
import { readDirectBody } from './read-sound-body';
import { TextReader } from './text-reader';

/** Throws before the first event; a later failure ends the stream properly. */
export function normaliseTextStream(stream: DirectStream): CleanStream {
  const reader = new TextReader(stream.includesUsage);
  return { events: textEvents(stream, reader), upstreamModel: () => reader.upstreamModel };
}

async function* textEvents(stream: DirectStream, reader: TextReader): AsyncGenerator<Buffer> {
  let hasBegun = false;
  try {
    for await (const text of stream.isBody ? readBody(stream, reader) : readStream(stream, reader)) {
      if (text === '') continue;
      hasBegun = true;
      yield Buffer.from(text);
    }
    const flaw = reader.flaw();
    if (flaw) throw flaw;
  } catch (thrown) {
    const error = brokenServer(thrown);
    if (!hasBegun || error.kind === 'client_gone') throw error;
    stream.onError(error);
    yield Buffer.from(encodeSseData({ error: toOpenAiError(error) }));
  }
  yield Buffer.from(SSE_DONE);
}

async function* readStream({ answer, clock }: DirectStream, reader: TextReader): AsyncGenerator<string> {
  const decoder = new SseDecoder();
  // While the client is slow nothing is read, which is not the server's silence.
  let isWaiting = true;
  const silence = watchSilence(clock, LONGEST_SILENCE_MS, () => {
    if (isWaiting) answer.body.destroy(serverIsSilent());
  });
  try {
    for await (const bytes of answer.body.iterator({ destroyOnReturn: false })) {
      isWaiting = false;
      yield reader.read(decoder.push(bytes));
      isWaiting = true;
      silence.touch();
      if (reader.isOver) return;
    }
    yield reader.read(decoder.end());
  } finally {
    silence.stop();
    closeSoon(answer.body, clock);
  }
}

/** The stream came as one body: one chunk says it all. */
async function* readBody({ answer, clock }: DirectStream, reader: TextReader): AsyncGenerator<string> {
  const data = await readDirectBody(answer, clock);
  if (!isRecord(parseJson(data))) throw notAnAnswer(answer, 'broken JSON');
  yield reader.read([{ data }]);
}
