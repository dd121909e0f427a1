/** A chat completion request as far as the worker must understand it; everything else passes untouched (pitfall 31). */
import type { JsonRecord } from '@orcestator/protocol';
import { checkModel, invalid, readBody, readStreamWish, type StreamWish } from './request-fields';

export interface ChatRequest extends StreamWish {
  readonly body: JsonRecord;
  readonly messages: readonly unknown[];
}

/** Checks what every upstream would refuse anyway, with a clear message; throws `invalid_request`. */
export function parseChatRequest(value: unknown): ChatRequest {
  const body = readBody(value);
  checkModel(body);
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalid('messages', '"messages" must be a list with at least one message.');
  }
  return { body, messages: body.messages, ...readStreamWish(body) };
}
