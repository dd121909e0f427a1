/** A chat completion request as far as the worker must understand it; everything else passes untouched (pitfall 31). */
import { isRecord, OrcestatorError, type JsonRecord } from '@orcestator/protocol';

export interface ChatRequest {
  readonly body: JsonRecord;
  readonly isStream: boolean;
  /** The client wants a last chunk with usage (`stream_options.include_usage`). */
  readonly includesUsage: boolean;
}

/** Checks what every upstream would refuse anyway, with a clear message; throws `invalid_request`. */
export function parseChatRequest(body: unknown): ChatRequest {
  if (!isRecord(body)) throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
  if (typeof body.model !== 'string' || body.model === '') {
    throw invalid(
      'model',
      '"model" is missing: ask for "orcestator" or an OpenRouter id such as "openai/gpt-4o".',
    );
  }
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalid('messages', '"messages" must be a list with at least one message.');
  }
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== 'boolean') {
    throw invalid('stream', '"stream" must be true or false.');
  }
  const streamOptions = isRecord(body.stream_options) ? body.stream_options : {};
  return { body, isStream: body.stream === true, includesUsage: streamOptions.include_usage === true };
}

function invalid(param: string, message: string): OrcestatorError {
  return new OrcestatorError('invalid_request', message, { param });
}
