/** The body of `/worker_generate` and `/worker_generate_stream` (FastChat: `get_gen_params`). */
import type { ConversationTemplate, GenerateParams } from '@orcestator/protocol';
import type { Sampling } from './check-requests';

/** What only some of FastChat's endpoints pass on. */
export type FurtherParams = Partial<
  Pick<GenerateParams, 'logprobs' | 'echo' | 'best_of' | 'use_beam_search' | 'repetition_penalty'>
>;

/** `max_new_tokens` is the client's wish still; `check-length.ts` cuts it. */
export function getGenParams(
  model: string,
  prompt: string,
  template: ConversationTemplate,
  sampling: Sampling,
  further: FurtherParams = {},
): GenerateParams {
  return {
    model,
    prompt,
    temperature: sampling.temperature,
    logprobs: null,
    top_p: sampling.topP,
    top_k: sampling.topK,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    max_new_tokens: sampling.maxTokens,
    echo: false,
    stop_token_ids: template.stop_token_ids,
    ...further,
    stop: [...new Set([...stopsOf(sampling.stop), ...stopsOf(template.stop_str)])],
  };
}

function stopsOf(stop: string | readonly string[] | null): readonly string[] {
  if (stop === null || stop === '') return [];
  return typeof stop === 'string' ? [stop] : stop;
}
