/** `GET /generation?id=` (openrouter.md §1.4): written after the fact, so 404 for a while. */
import type { JsonRecord } from '@orcestator/protocol';
import { usageOf } from '../answers/generation';
import type { RecordedRequest } from '../bookkeeping';
import { answeringModel } from './answering-model';

export function generationInfo(request: RecordedRequest): JsonRecord {
  const { model, provider } = answeringModel(request.model);
  const cost = usageOf(request.promptTokens, request.completionTokens).cost;
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
      finish_reason: isCancelled ? null : 'stop',
      native_finish_reason: isCancelled ? null : 'stop',
      latency: (request.firstByteAt ?? request.startedAt) - request.startedAt,
      generation_time: (request.endedAt ?? request.startedAt) - request.startedAt,
      tokens_prompt: request.promptTokens,
      tokens_completion: request.completionTokens,
      native_tokens_prompt: request.promptTokens,
      native_tokens_completion: request.completionTokens,
      native_tokens_reasoning: 0,
      native_tokens_cached: 0,
      usage: cost,
      total_cost: cost,
      is_byok: false,
      user_agent: request.headers['user-agent'] ?? null,
      http_referer: request.headers['http-referer'] ?? null,
    },
  };
}
