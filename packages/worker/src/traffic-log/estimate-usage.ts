/** Tokens of a request whose upstream has not said them: counted here, from the texts. */
import { isRecord } from '@orcestator/protocol';
import type { RequestRecord } from '../recording';
import { answerText, contentText } from './traffic-texts';

/** Tokens of a text. */
export type CountTokens = (text: string) => number;

/** Characters that are counted; a longer text is taken to go on as it began, so that no answer waits for its count. */
const SAMPLE_LENGTH = 16 * 1024;
/** What OpenAI's chat format adds to each message, and to the answer that it opens (OpenAI cookbook, "count tokens"). */
const TOKENS_A_MESSAGE = 3;
const TOKENS_OF_THE_ANSWER = 3;

export interface TokenColumns {
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
}

/** As upstream counted them; otherwise an estimate, from the first chunk on: before, nobody has used any tokens. */
export function tokenColumns(record: RequestRecord, countTokens: CountTokens): TokenColumns {
  const { usage, firstChunkMs } = record;
  if (usage) return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
  if (firstChunkMs === undefined) return { promptTokens: undefined, completionTokens: undefined };
  const messages = Array.isArray(record.messages) ? record.messages.filter(isRecord) : [];
  const prompt = messages.map(messageText).join('\n');
  return {
    promptTokens: estimate(prompt, countTokens) + messages.length * TOKENS_A_MESSAGE + TOKENS_OF_THE_ANSWER,
    completionTokens: estimate(answerText(record), countTokens, record.answer.omitted),
  };
}

function messageText({ content, tool_calls: calls }: Record<string, unknown>): string {
  return contentText(content) + (Array.isArray(calls) ? JSON.stringify(calls) : '');
}

function estimate(text: string, countTokens: CountTokens, omitted = 0): number {
  const sample = text.slice(0, SAMPLE_LENGTH);
  const length = text.length + omitted;
  if (sample.length === length) return countTokens(text);
  return Math.round((countTokens(sample) * length) / sample.length);
}
