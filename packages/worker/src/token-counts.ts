/** The tokens of an answer by kind, out of OpenAI's `usage`. */
import { isRecord, type Usage } from '@orcestator/protocol';

/** `cached` ones are part of `prompt`, `reasoning` ones part of `completion`. */
export const tokenKinds = ['prompt', 'completion', 'cached', 'reasoning'] as const;
export type TokenKind = (typeof tokenKinds)[number];

export function tokenCounts(usage: Usage): [kind: TokenKind, count: number][] {
  return [
    ['prompt', usage.prompt_tokens],
    ['completion', usage.completion_tokens],
    ['cached', detail(usage.prompt_tokens_details, 'cached_tokens')],
    ['reasoning', detail(usage.completion_tokens_details, 'reasoning_tokens')],
  ];
}

/** Details are the upstream's word, unchecked so far: a negative count would throw in a counter. */
function detail(details: unknown, field: string): number {
  const count = isRecord(details) ? details[field] : undefined;
  return typeof count === 'number' && Number.isFinite(count) && count > 0 ? count : 0;
}
