/** How much room the prompt leaves in the model's context (FastChat: `check_length`, `/api/v1/token_check`). */
import { isRecord, OrcestatorError, workerPaths } from '@orcestator/protocol';
import { WorkerStatusError } from '../drivers/driver';
import type { CallOptions, WorkerCalls } from './worker-calls';

/** FastChat's stand-in for "no limit". */
const NO_LIMIT = 1024 * 1024;

export interface Lengths {
  /** Tokens; `undefined` where the worker does not know its model's context. */
  readonly context: number | undefined;
  /** Tokens of the prompt. */
  readonly prompt: number;
}

/** Asks the worker. `detailsBody` and `countBody` are FastChat's bodies of the two calls. */
export async function askLengths(
  calls: WorkerCalls,
  detailsBody: object,
  countBody: object,
  options: CallOptions,
): Promise<Lengths> {
  const details = await calls.post(workerPaths.modelDetails, detailsBody, options);
  const counted = await calls.post(workerPaths.countToken, countBody, options);
  const context = isRecord(details) ? details.context_length : undefined;
  const prompt = isRecord(counted) ? counted.count : undefined;
  if (typeof prompt !== 'number') throw new WorkerStatusError(workerPaths.countToken, 200);
  return { context: typeof context === 'number' ? context : undefined, prompt };
}

/** `max_new_tokens`, or `undefined` (the worker's default) where neither side sets a limit. Throws `context_overflow`. */
export async function checkLength(
  calls: WorkerCalls,
  model: string,
  prompt: string,
  maxTokens: number | null,
  options: CallOptions,
): Promise<number | undefined> {
  const lengths = await askLengths(calls, { model }, { model, prompt }, options);
  if (lengths.context === undefined) return maxTokens ?? undefined;
  const room = Math.min(maxTokens ?? NO_LIMIT, lengths.context - lengths.prompt);
  if (room > 0) return room;
  throw new OrcestatorError(
    'context_overflow',
    `This model's maximum context length is ${lengths.context} tokens. However, your messages resulted in ${lengths.prompt} tokens. Please reduce the length of the messages.`,
    { param: 'messages' },
  );
}
