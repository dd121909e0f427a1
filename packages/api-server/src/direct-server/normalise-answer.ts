/**
 * Answers of servers that were registered without a worker of ours: they are put into the form that ours have. A worker
 * of ours says `x-orcestator-upstream-model` in each answer, and its errors have our shape; those pass as they are.
 */
import {
  isRecord,
  ORCESTATOR_MODEL,
  parseJson,
  SSE_PING,
  UPSTREAM_MODEL_HEADER,
  workerPaths,
  type ErrorKind,
  type JsonRecord,
  type OrcestatorError,
} from '@orcestator/protocol';
import {
  AnswerBody,
  generatedBody,
  LATE,
  within,
  type Clock,
  type StreamAnswer,
} from '@orcestator/service-kit';
import type { ModelRequest, WorkerAnswer } from '../drivers/driver';
import { readErrorText } from '../read-body';
import { errorOfAnswer, isOurError, notAnAnswer, streamedUnasked } from './direct-errors';
import { normaliseChatStream } from './normalise-chat-stream';
import { normaliseTextStream } from './normalise-text-stream';
import { readSoundBody } from './read-sound-body';

/** What the client asked for, and who is told of a server that breaks off. */
export type Asked = Pick<ModelRequest, 'path' | 'fields' | 'signal' | 'onBroken'>;

/** What a stream is made with. */
export interface DirectStream {
  readonly answer: StreamAnswer;
  /** One JSON body in place of a stream: some servers answer so. */
  readonly isBody: boolean;
  readonly includesUsage: boolean;
  readonly clock: Clock;
  /** Told each error that is written into the stream. */
  readonly onError: (error: OrcestatorError) => void;
}

/** Bytes of a clean stream, and the model that answers, once it is known. */
export interface CleanStream {
  readonly events: AsyncGenerator<Buffer>;
  readonly upstreamModel: () => string | undefined;
}

/** Milliseconds in which a failure can still become an HTTP status; then the client gets the head of its stream. */
const FIRST_EVENT_MS = 10_000;
/** Errors of a server that does not work; the others are about the request, or the server's word about itself. */
const broken = new Set<ErrorKind>(['worker_unreachable', 'upstream_failed', 'timeout']);

/** A worker of ours answers. */
export function isOurs({ headers }: StreamAnswer): boolean {
  return headers[UPSTREAM_MODEL_HEADER] !== undefined;
}

/** Throws an `OrcestatorError` for an answer that is an error, or that fails before its first event. */
export async function normaliseAnswer(
  answer: StreamAnswer,
  asked: Asked,
  clock: Clock,
): Promise<WorkerAnswer> {
  if (answer.status < 200 || answer.status > 299) return passOrThrow(answer, clock);
  if (isOurs(answer)) return { ...answer, isOurs: true };
  const contentType = String(answer.headers['content-type'] ?? 'application/json');
  const isBody = !contentType.startsWith('text/event-stream');
  if (isBody && !/json/i.test(contentType)) throw notAnAnswer(answer, contentType);
  if (isGeneration(asked) && asked.fields().stream === true)
    return normaliseStream(answer, isBody, asked, clock);
  if (!isBody) throw streamedUnasked(answer);
  return normaliseBody(answer, asked, clock);
}

async function passOrThrow(answer: StreamAnswer, clock: Clock): Promise<StreamAnswer> {
  const text = await readErrorText(answer.body, clock);
  // A gateway of ours that wants a key speaks of the operator's, not of the client's: Copilot would log out.
  const isForClient = answer.status !== 401 && isOurError(parseJson(text));
  if (isForClient) return { ...answer, body: AnswerBody.of(Buffer.from(text)) };
  throw errorOfAnswer(answer, text);
}

async function normaliseStream(
  answer: StreamAnswer,
  isBody: boolean,
  asked: Asked,
  clock: Clock,
): Promise<StreamAnswer> {
  const fields = asked.fields();
  const { stream_options: streamOptions } = fields;
  const includesUsage = isRecord(streamOptions) && streamOptions.include_usage === true;
  const normalise = isChat(asked) ? normaliseChatStream : normaliseTextStream;
  const onError = (error: OrcestatorError): void => {
    if (broken.has(error.kind) && !asked.signal.aborted) asked.onBroken(error);
  };
  const { events, upstreamModel } = normalise({ answer, isBody, includesUsage, clock, onError });
  const first = events.next();
  const isLate = (await within(first, FIRST_EVENT_MS, clock)) === LATE;
  const headers = { 'content-type': 'text/event-stream', ...modelHeader(upstreamModel(), fields) };
  return { status: answer.status, headers, body: generatedBody(startingWith(first, events, isLate)) };
}

/** One JSON body: only `model` is another one. */
async function normaliseBody(answer: StreamAnswer, asked: Asked, clock: Clock): Promise<StreamAnswer> {
  const body = await readSoundBody(answer, { clock, isGeneration: isGeneration(asked) });
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

/** An answer in `choices`; embeddings have none. */
function isGeneration(asked: Asked): boolean {
  return isChat(asked) || asked.path.endsWith(workerPaths.completions);
}

/** The model that answers, or the one that was asked for. A header takes printable ASCII only. */
function modelHeader(upstreamModel: string | undefined, fields: JsonRecord): Record<string, string> {
  const model = upstreamModel || String(fields.model);
  return { [UPSTREAM_MODEL_HEADER]: model.replace(/[^\x20-\x7e]/g, '?') };
}

/** `isLate`: the client has waited for ten seconds, and is told at once that the connection lives. */
async function* startingWith(
  first: Promise<IteratorResult<Buffer, void>>,
  rest: AsyncGenerator<Buffer>,
  isLate: boolean,
): AsyncGenerator<Buffer, void> {
  if (isLate) yield Buffer.from(SSE_PING);
  const result = await first;
  if (result.done) return;
  yield result.value;
  yield* rest;
}
