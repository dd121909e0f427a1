/** One generation of a text answer and the sum of several: `n` answers to each prompt are `n` generations. */
import type { FinishReason, GenerateParams, JsonRecord, Usage } from '@orcestator/protocol';
import { readUsage, toFinishReason } from '@orcestator/stream-normaliser';

/** What a worker is asked for one choice. */
export interface Generation {
  readonly index: number;
  readonly params: GenerateParams;
}

/** Why a choice ended; a worker that never speaks of a reason means `stop` (`huggingface_api_worker.py`). */
export function finishReasonOf(fields: JsonRecord): FinishReason | undefined {
  return 'finish_reason' in fields ? toFinishReason(fields.finish_reason, false) : 'stop';
}

/** The usage of all generations, or nothing where one of them has none. */
export function sumUsage(usages: readonly unknown[]): Usage | undefined {
  const sum: Usage = { prompt_tokens: 0, total_tokens: 0, completion_tokens: 0 };
  for (const value of usages) {
    const usage = readUsage(value);
    if (!usage) return undefined;
    sum.prompt_tokens += usage.prompt_tokens;
    sum.total_tokens += usage.total_tokens;
    sum.completion_tokens += usage.completion_tokens;
  }
  return sum;
}
