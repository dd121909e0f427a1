/** `/v1/chat/completions` and `/api/v1/chat/completions` over the text path (FastChat: `create_chat_completion`). */
import { isRecord, OrcestatorError, type JsonRecord } from '@orcestator/protocol';
import { answerStream, answerWhole } from './answer-text';
import { chatShape } from './answer-shapes';
import type { Ask } from './ask';
import { checkLength } from './check-length';
import { checkRequests, refuseBeyondText } from './check-requests';
import { renderPrompt } from './conversation/render-prompt';
import { getGenParams, type FurtherParams } from './get-gen-params';
import { readNumber } from './read-fields';

export const askChat: Ask = async ({ request, fields, calls, callOptions, template, clock }) => {
  const { model, signal, onBroken } = request;
  refuseBeyondText(fields);
  const messages = readConversation(fields);
  const sampling = checkRequests(fields, null);
  const further = request.operation === 'apiChat' ? repetitionPenalty(fields) : {};
  const conversation = await template();
  const prompt = renderPrompt(conversation, messages);
  const params = getGenParams(model, prompt, conversation, sampling, further);
  params.max_new_tokens = await checkLength(calls, model, prompt, sampling.maxTokens, callOptions);
  const generations = Array.from({ length: sampling.n }, (_, index) => ({ index, params }));
  const timeout = request.firstByteTimeout;
  const answer = { calls, model, generations, shape: chatShape, signal, clock, timeout };
  if (!request.isStream) return answerWhole(answer);
  return answerStream({ ...answer, includeUsage: wantsUsage(fields), onBroken });
};

/** `stream_options.include_usage`. */
export function wantsUsage({ stream_options: options }: JsonRecord): boolean {
  return isRecord(options) && options.include_usage === true;
}

/** A text is a prompt as it is, without a template. */
function readConversation({ messages }: JsonRecord): string | readonly unknown[] {
  if (typeof messages === 'string') return messages;
  if (Array.isArray(messages) && messages.length > 0) return messages as unknown[];
  throw new OrcestatorError(
    'invalid_request',
    messages === undefined
      ? '"messages" is missing: Field required.'
      : '"messages" must be a list of messages or a text.',
    { param: 'messages' },
  );
}

/** Only FastChat's own chat endpoint has it, and always sends it. */
function repetitionPenalty(fields: JsonRecord): FurtherParams {
  return { repetition_penalty: readNumber(fields, 'repetition_penalty', 1) };
}
