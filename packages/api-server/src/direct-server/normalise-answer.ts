/**
 * Answers of servers that were registered without a worker of ours: they are put into the form that ours have. A worker
 * of ours says `x-orcestator-upstream-model` in each answer, and its errors have our shape; those pass as they are.
 */
import {
  isRecord,
  ORCESTATOR_MODEL,
  parseJson,
  UPSTREAM_MODEL_HEADER,
  workerPaths,
  type JsonRecord,
} from '@orcestator/protocol';
import { AnswerBody, generatedBody, within, type Clock, type StreamAnswer } from '@orcestator/service-kit';
import { readText } from '@orcestator/stream-normaliser';
import type { ModelRequest } from '../drivers/driver';
import { errorInBody, errorOfAnswer, isOurError, notAnAnswer, tooLarge } from './direct-errors';
import { normaliseChatStream } from './normalise-chat-stream';
import { normaliseTextStream } from './normalise-text-stream';

/** What the client asked for. */
export type Asked = Pick<ModelRequest, 'path' | 'fields'>;

/** What a stream is made with. */
export interface DirectStream {
  readonly answer: StreamAnswer;
  readonly includesUsage: boolean;
  readonly clock: Clock;
}

/** Bytes of a clean stream, and the model that answers, once it is known. */
export interface CleanStream {
  readonly events: AsyncGenerator<Buffer>;
  readonly upstreamModel: () => string | undefined;
}

/** Milliseconds in which a failure can still become an HTTP status; then the client gets the head of its stream. */
const FIRST_EVENT_MS = 10_000;
/** Largest answer in one body. */
const BODY_LIMIT = 64 * 1024 * 1024;
const ERROR_BODY_LIMIT = 64 * 1024;

/** Throws an `OrcestatorError` for an answer that is an error, or that fails before its first event. */
export async function normaliseAnswer(
  answer: StreamAnswer,
  asked: Asked,
  clock: Clock,
): Promise<StreamAnswer> {
  if (answer.status < 200 || answer.status > 299) return passOrThrow(answer);
  if (answer.headers[UPSTREAM_MODEL_HEADER] !== undefined) return answer;
  const contentType = String(answer.headers['content-type'] ?? 'application/json');
  if (contentType.startsWith('text/event-stream')) return normaliseStream(answer, asked, clock);
  if (!/json/i.test(contentType)) throw notAnAnswer(answer, contentType);
  // A server may answer a stream in one body.
  const isStream = isChat(asked) && asked.fields().stream === true;
  return isStream ? normaliseStream(answer, asked, clock) : normaliseBody(answer, asked);
}

async function passOrThrow(answer: StreamAnswer): Promise<StreamAnswer> {
  const text = await readText(answer.body, ERROR_BODY_LIMIT);
  if (isOurError(parseJson(text))) return { ...answer, body: AnswerBody.of(Buffer.from(text)) };
  throw errorOfAnswer(answer, text);
}

async function normaliseStream(answer: StreamAnswer, asked: Asked, clock: Clock): Promise<StreamAnswer> {
  const fields = asked.fields();
  const { stream_options: streamOptions } = fields;
  const includesUsage = isRecord(streamOptions) && streamOptions.include_usage === true;
  const normalise = isChat(asked) ? normaliseChatStream : normaliseTextStream;
  const { events, upstreamModel } = normalise({ answer, includesUsage, clock });
  const first = events.next();
  await within(first, FIRST_EVENT_MS, clock);
  const headers = { 'content-type': 'text/event-stream', ...modelHeader(upstreamModel(), fields) };
  return { status: answer.status, headers, body: generatedBody(startingWith(first, events)) };
}

/** One JSON body: only `model` is another one. */
async function normaliseBody(answer: StreamAnswer, asked: Asked): Promise<StreamAnswer> {
  const text = await readText(answer.body, BODY_LIMIT + 1);
  if (text.length > BODY_LIMIT) throw tooLarge();
  const body = parseJson(text);
  if (!isRecord(body)) throw notAnAnswer(answer, 'broken JSON');
  const error = errorInBody(body);
  if (error) throw error;
  const { model } = body;
  const bytes = Buffer.from(JSON.stringify({ ...body, model: ORCESTATOR_MODEL }));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...modelHeader(typeof model === 'string' ? model : undefined, asked.fields()),
  };
  return { status: answer.status, headers, body: AnswerBody.of(bytes) };
}

function isChat({ path }: Asked): boolean {
  return path.endsWith(workerPaths.chatCompletions);
}

/** The model that answers, or the one that was asked for. A header takes printable ASCII only. */
function modelHeader(upstreamModel: string | undefined, fields: JsonRecord): Record<string, string> {
  const model = upstreamModel || String(fields.model);
  return { [UPSTREAM_MODEL_HEADER]: model.replace(/[^\x20-\x7e]/g, '?') };
}

async function* startingWith<T>(
  first: Promise<IteratorResult<T, void>>,
  rest: AsyncGenerator<T>,
): AsyncGenerator<T, void> {
  const result = await first;
  if (result.done) return;
  yield result.value;
  yield* rest;
}
