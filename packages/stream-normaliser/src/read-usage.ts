/** Token counts as clients may see them: three numbers or nothing. */
import { isRecord, type Usage } from '@orcestator/protocol';

/**
 * Usage with numeric `prompt_tokens`, `completion_tokens` and `total_tokens`, further fields (`cost`, details) kept;
 * `undefined` when a count is missing, since a partial one crashes VS Code's turn (clients.md §3.3 rule 2).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = value;
  if (!isCount(prompt) || !isCount(completion)) return undefined;
  return {
    ...value,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: isCount(total) ? total : prompt + completion,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
