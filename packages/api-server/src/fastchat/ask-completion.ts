/** `/v1/completions` over the text path (FastChat: `create_completion`): raw prompts, no template but its stops. */
import type { JsonRecord } from '@orcestator/protocol';
import { answerStream, answerWhole } from './answer-text';
import { completionShape } from './answer-shapes';
import type { Ask } from './ask';
import { wantsUsage } from './ask-chat';
import { checkLength } from './check-length';
import { checkRequests, refuseBeyondText } from './check-requests';
import { getGenParams, type FurtherParams } from './get-gen-params';
import { readBoolean, readInteger, readTexts } from './read-fields';

/** OpenAI's and FastChat's default. */
const MAX_TOKENS = 16;

export const askCompletion: Ask = async ({ request, fields, calls, callOptions, template, clock }) => {
  const { model, signal, isStream, onBroken } = request;
  refuseBeyondText(fields);
  const sampling = checkRequests(fields, MAX_TOKENS);
  const prompts = readTexts(fields, 'prompt');
  const further = readFurther(fields, isStream);
  // The smallest room of all prompts holds for each of them.
  let room = sampling.maxTokens ?? undefined;
  for (const prompt of prompts) {
    room = await checkLength(calls, model, prompt, room ?? sampling.maxTokens, callOptions);
  }
  const conversation = await template();
  const generations = prompts.flatMap((prompt, place) => {
    const params = getGenParams(model, prompt, conversation, sampling, further);
    params.max_new_tokens = room;
    return Array.from({ length: sampling.n }, (_, i) => ({ index: place * sampling.n + i, params }));
  });
  const timeout = request.firstByteTimeout;
  const answer = { calls, model, generations, shape: completionShape, signal, clock, timeout };
  return isStream
    ? answerStream({ ...answer, includeUsage: wantsUsage(fields), onBroken })
    : answerWhole(answer);
};

/** FastChat passes `best_of` and `use_beam_search` on only where the answer is no stream. */
function readFurther(fields: JsonRecord, isStream: boolean): FurtherParams {
  const both = {
    logprobs: readInteger(fields, 'logprobs', null),
    echo: readBoolean(fields, 'echo', false),
  };
  if (isStream) return both;
  const bestOf = readInteger(fields, 'best_of', null);
  return {
    ...both,
    ...(bestOf === null ? {} : { best_of: bestOf }),
    use_beam_search: readBoolean(fields, 'use_beam_search', false),
  };
}
