/** Chat's logprobs → those of OpenAI's older completions, the only ones that FastChat knows (`LogProbs`). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/** `undefined` where there are none. */
export function toLegacyLogprobs(logprobs: unknown): JsonRecord | undefined {
  const content =
    isRecord(logprobs) && Array.isArray(logprobs.content) ? logprobs.content.filter(isRecord) : [];
  if (content.length === 0) return undefined;
  const tokens = content.map(({ token }) => String(token));
  let offset = 0;
  return {
    text_offset: tokens.map((token) => (offset += token.length) - token.length),
    token_logprobs: content.map(({ logprob }) => (typeof logprob === 'number' ? logprob : null)),
    tokens,
    top_logprobs: content.map(({ top_logprobs: top }) =>
      Object.fromEntries(
        (Array.isArray(top) ? top.filter(isRecord) : []).map((one) => [
          String(one.token),
          Number(one.logprob),
        ]),
      ),
    ),
  };
}
