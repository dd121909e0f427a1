/** The two forms of a text answer: chat completions and OpenAI's older text completions (`openai_api_protocol.py`). */
import { ORCESTATOR_MODEL, type FinishReason, type JsonRecord } from '@orcestator/protocol';

/** What stands around the choices of one answer. */
export interface Envelope {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
}

/** `fields` are those of the worker's frame. */
export interface AnswerShape {
  readonly idPrefix: string;
  readonly object: string;
  readonly chunkObject: string;
  /** What opens a choice in a stream; nothing where the form has no roles. */
  opening(index: number): JsonRecord | undefined;
  delta(index: number, text: string, fields: JsonRecord): JsonRecord;
  /** Closes a choice in a stream. */
  finish(index: number, reason: FinishReason, fields: JsonRecord): JsonRecord;
  /** A choice of an answer in one piece. */
  whole(index: number, text: string, reason: FinishReason, fields: JsonRecord): JsonRecord;
}

export const chatShape: AnswerShape = {
  idPrefix: 'chatcmpl-',
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  opening: (index) => ({ index, delta: { role: 'assistant' }, finish_reason: null }),
  delta: (index, text) => ({ index, delta: { content: text }, finish_reason: null }),
  finish: (index, reason) => ({ index, delta: {}, finish_reason: reason }),
  whole: (index, text, reason) => ({
    index,
    message: { role: 'assistant', content: text },
    finish_reason: reason,
  }),
};

const textChoice = (
  index: number,
  text: string,
  { logprobs }: JsonRecord,
  reason: FinishReason | null,
): JsonRecord => ({ index, text, logprobs: logprobs ?? null, finish_reason: reason });

export const completionShape: AnswerShape = {
  idPrefix: 'cmpl-',
  object: 'text_completion',
  chunkObject: 'text_completion',
  opening: () => undefined,
  delta: (index, text, fields) => textChoice(index, text, fields, null),
  finish: (index, reason, fields) => textChoice(index, '', fields, reason),
  whole: (index, text, reason, fields) => textChoice(index, text, fields, reason),
};

/** `makeId` gives what no other answer has. */
export function createEnvelope(shape: AnswerShape, makeId: () => string, now: Date): Envelope {
  return {
    id: shape.idPrefix + makeId(),
    created: Math.floor(now.getTime() / 1000),
    model: ORCESTATOR_MODEL,
  };
}
