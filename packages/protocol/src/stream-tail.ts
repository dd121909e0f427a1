/** How a stream ends when it breaks: the one form whose text VS Code, Copilot CLI and the SDKs all show. */
import type { ChatCompletionChunk } from './chat-completions';
import { toOpenAiError } from './error-body';
import type { OrcestatorError } from './errors';
import { encodeSseData, SSE_DONE } from './sse-encode';

/** What has gone out before the stream broke. */
export interface StreamProgress {
  /** The envelope of the chunks sent so far; absent when none was. */
  readonly sent?: Pick<ChatCompletionChunk, 'id' | 'created' | 'model'>;
  /** Choices without their finish chunk. */
  readonly openChoices: readonly number[];
}

/**
 * The last bytes of a broken stream: a finish chunk with `finish_reason: "error"` for each choice that has begun, one
 * frame without `choices`, `[DONE]`. Without the finish chunk VS Code hides the text (openrouter.md §11.1, clients.md §3.3).
 */
export function encodeErrorTail(progress: StreamProgress, error: OrcestatorError): string {
  const { sent, openChoices } = progress;
  const closing = sent ? openChoices.map((index) => encodeSseData(closingChunk(sent, index))) : [];
  return [...closing, encodeSseData({ error: toOpenAiError(error) }), SSE_DONE].join('');
}

function closingChunk(sent: NonNullable<StreamProgress['sent']>, index: number): ChatCompletionChunk {
  return {
    ...sent,
    object: 'chat.completion.chunk',
    choices: [{ index, delta: {}, finish_reason: 'error' }],
  };
}
