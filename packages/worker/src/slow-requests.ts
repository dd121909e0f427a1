/** Names the requests that took long, so that what a graph shows as slow can be found: by this id it is in every log. */
import type { Logger } from '@orcestator/service-kit';
import type { Recorder } from './recording';

/** `threshold` in milliseconds; 0 = nothing is slow. */
export function createSlowRequestRecorder(threshold: number, logger: Logger): Recorder {
  return (record) => {
    if (threshold > 0 && record.latencyMs >= threshold) {
      logger.warn('slow request', {
        id: record.requestId,
        model: record.upstreamModel,
        outcome: record.outcome,
        ms: Math.round(record.latencyMs),
        firstTokenMs: record.firstChunkMs === undefined ? undefined : Math.round(record.firstChunkMs),
        tokens: record.usage?.completion_tokens,
      });
    }
    return Promise.resolve();
  };
}
