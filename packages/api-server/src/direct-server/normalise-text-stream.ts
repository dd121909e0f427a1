/** A stream of `/v1/completions` from a server registered without a worker: another `model`, and a proper end. */
import {
  encodeSseData,
  isRecord,
  ORCESTATOR_MODEL,
  OrcestatorError,
  parseJson,
  SSE_DONE,
  SseDecoder,
  toOpenAiError,
  type JsonRecord,
  type SseEvent,
} from '@orcestator/protocol';
import { closeSoon, watchSilence } from '@orcestator/service-kit';
import { brokenServer, errorInBody, LONGEST_SILENCE_MS, serverIsSilent } from './direct-errors';
import type { CleanStream, DirectStream } from './normalise-answer';

/** Throws before the first event; a later failure ends the stream properly. */
export function normaliseTextStream(stream: DirectStream): CleanStream {
  const reader = new TextReader(stream.includesUsage);
  return { events: textEvents(stream, reader), upstreamModel: () => reader.upstreamModel };
}

async function* textEvents({ answer, clock }: DirectStream, reader: TextReader): AsyncGenerator<Buffer> {
  const decoder = new SseDecoder();
  let hasBegun = false;
  // While the client is slow nothing is read, which is not the server's silence.
  let isWaiting = true;
  const silence = watchSilence(clock, LONGEST_SILENCE_MS, () => {
    if (isWaiting) answer.body.destroy(serverIsSilent());
  });
  try {
    for await (const bytes of answer.body.iterator({ destroyOnReturn: false })) {
      const text = reader.read(decoder.push(bytes));
      if (text !== '') {
        hasBegun = true;
        isWaiting = false;
        yield Buffer.from(text);
        isWaiting = true;
      }
      silence.touch();
      if (reader.isDone) break;
    }
    const rest = reader.read(decoder.end());
    if (!reader.hasFinish)
      throw new OrcestatorError(
        'upstream_failed',
        'The server of this model ended its answer before it was complete.',
      );
    yield Buffer.from(rest + SSE_DONE);
  } catch (thrown) {
    const error = brokenServer(thrown);
    if (!hasBegun || error.kind === 'client_gone') throw error;
    yield Buffer.from(encodeSseData({ error: toOpenAiError(error) }) + SSE_DONE);
  } finally {
    silence.stop();
    closeSoon(answer.body, clock);
  }
}

class TextReader {
  readonly #includesUsage: boolean;
  upstreamModel: string | undefined;
  /** `[DONE]` has come. */
  isDone = false;
  hasFinish = false;

  constructor(includesUsage: boolean) {
    this.#includesUsage = includesUsage;
  }

  /** The events as the client gets them. Throws where one is an error. */
  read(events: readonly SseEvent[]): string {
    return events.map(({ data }) => this.#readData(data)).join('');
  }

  #readData(data: string): string {
    if (this.isDone) return '';
    if (data.trim() === '[DONE]') {
      this.isDone = true;
      return '';
    }
    const chunk = parseJson(data);
    if (!isRecord(chunk)) return '';
    const error = errorInBody(chunk);
    if (error) throw error;
    return this.#readChunk(chunk);
  }

  #readChunk({ usage, ...chunk }: JsonRecord): string {
    const choices = Array.isArray(chunk.choices) ? chunk.choices.filter(isRecord) : [];
    if (typeof chunk.model === 'string') this.upstreamModel ??= chunk.model;
    this.hasFinish ||= choices.some((choice) => typeof choice.finish_reason === 'string');
    const isUsage = this.#includesUsage && isRecord(usage);
    if (choices.length === 0 && !isUsage) return '';
    return encodeSseData({ ...chunk, model: ORCESTATOR_MODEL, choices, ...(isUsage && { usage }) });
  }
}
