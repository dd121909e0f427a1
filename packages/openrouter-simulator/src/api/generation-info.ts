/** `GET /generation?id=` (openrouter.md §1.4): written after the fact, so 404 for a while. */
import type { JsonRecord } from '@orcestator/protocol';
import { usageOf } from '../answers/generation';
import { priceOf } from './prices';
import type { RecordedRequest } from '../bookkeeping';
import { answeringModel } from './answering-model';

/** Fields of features that are not simulated. */
const unused = Object.fromEntries(
  [
    ...['request_id', 'session_id', 'external_user', 'router', 'app_id', 'origin', 'moderation_latency'],
    ...['native_tokens_completion_images', 'num_media_prompt', 'num_media_completion'],
    ...['num_input_audio_prompt', 'num_search_results', 'num_fetches', 'upstream_inference_cost'],
    ...['cache_discount', 'service_tier', 'preset_id', 'workspace_id', 'data_region'],
    ...['web_search_engine', 'response_cache_source_id'],
  ].map((name) => [name, null]),
);

export function generationInfo(request: RecordedRequest): JsonRecord {
  const { model, provider } = answeringModel(request.model);
  const { cost } = usageOf(priceOf(model), request.promptTokens, request.completionTokens);
  const isCancelled = request.outcome === 'cancelled';
  return {
    data: {
      id: request.generationId,
      upstream_id: null,
      created_at: new Date(request.startedAt).toISOString(),
      model,
      provider_name: provider,
      api_type: 'completions',
      streamed: request.isStream,
      cancelled: isCancelled,
      finish_reason: isCancelled ? null : request.finishReason,
      native_finish_reason: isCancelled ? null : request.finishReason,
      latency: (request.firstByteAt ?? request.startedAt) - request.startedAt,
      generation_time: (request.endedAt ?? request.startedAt) - request.startedAt,
      tokens_prompt: request.promptTokens,
      tokens_completion: request.completionTokens,
      native_tokens_prompt: request.promptTokens,
      native_tokens_completion: request.completionTokens,
      native_tokens_reasoning: request.reasoningTokens,
      native_tokens_cached: 0,
      usage: cost,
      total_cost: cost,
      is_byok: false,
      ...unused,
      user_agent: request.headers['user-agent'] ?? null,
      http_referer: request.headers['http-referer'] ?? null,
    },
  };
}
