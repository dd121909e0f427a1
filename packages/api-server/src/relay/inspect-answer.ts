/** What a worker's answer head and error body say of the worker: it answers, it refuses, or it is broken. */
import { ErrorCode, isRecord, parseJson, readErrorMessage } from '@orcestator/protocol';
import { AnswerBody, type Clock } from '@orcestator/service-kit';
import { isOurError } from '../direct-server/direct-errors';
import type { WorkerAnswer } from '../drivers/driver';
import { readErrorText } from '../read-body';

/**
 * Our workers' words for "not me, not now", and a controller's that has lost its own worker of the model; an upstream
 * that is overloaded has another word and would be so for all.
 */
const refusals = new Set<unknown>([
  'overloaded',
  'shutting_down',
  'no_worker',
  'worker_unreachable',
  'controller_unreachable',
]);

/** Errors of ours that are about the worker itself: no upstream was asked, or nobody foresaw what happened. */
const failures = new Set<unknown>([ErrorCode.INTERNAL_ERROR, ErrorCode.NO_PERMISSION]);

/**
 * `final`: the client's, whatever it says: a worker of ours has tried all there is. `refused`: another worker may take
 * the request, and this one is well. `broken`: another one may take it, and this one is not well.
 */
export type Judgement = 'final' | 'refused' | 'broken';

export interface InspectedAnswer {
  readonly judgement: Judgement;
  /** The answer, its body readable. */
  readonly answer: WorkerAnswer;
  /** What a broken worker said, for the log. */
  readonly said?: string;
  /** The client may read it: it is no business between the services. */
  readonly isForClient: boolean;
}

export async function inspectAnswer(answer: WorkerAnswer, clock: Clock): Promise<InspectedAnswer> {
  if (answer.status < 400) return { judgement: 'final', answer, isForClient: true };
  const text = await readErrorText(answer.body, clock);
  const body = parseJson(text);
  const isForClient = answer.status !== 403 && !isUnknownPath(body);
  const bytes = Buffer.from(text);
  const headers = { ...answer.headers, 'content-length': String(bytes.length) };
  return {
    judgement: judge(answer.status, body),
    answer: { ...answer, headers, body: AnswerBody.of(bytes) },
    said: `${answer.status} ${readErrorMessage(body) ?? ''}`.trim(),
    isForClient,
  };
}

function judge(status: number, body: unknown): Judgement {
  if (!isOurError(body) || !isRecord(body)) return 'final';
  const word = isRecord(body.error) ? body.error.code : undefined;
  if (refusals.has(word)) return 'refused';
  // 499 has the number of `internal` too, and is about the client.
  if ((status === 500 || status === 403) && failures.has(body.code)) return 'broken';
  return isUnknownPath(body) ? 'broken' : 'final';
}

/** A service of ours that is no worker, at a worker's address. */
function isUnknownPath(body: unknown): boolean {
  return isRecord(body) && isRecord(body.error) && body.error.code === 'unknown_url';
}
