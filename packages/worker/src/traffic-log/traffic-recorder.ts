/** A request's record → its row in the traffic log. */
import type { Recorder } from '../recording';
import type { TrafficLog } from './traffic-log';
import { assistantText, lastUserText, shorten } from './traffic-texts';

export interface TrafficRecorderOptions {
  readonly log: TrafficLog;
  /** Longest text of a column in characters; 0 = no limit. */
  readonly textLimit: number;
  readonly redact: (text: string) => string;
}

export function createTrafficRecorder({ log, textLimit, redact }: TrafficRecorderOptions): Recorder {
  const column = (text: string, omitted = 0): string => shorten(redact(text), textLimit, omitted);
  return (record) =>
    log.append({
      endedAt: record.endedAt,
      user: column(lastUserText(record.messages)),
      assistant: column(assistantText(record), record.answer.omitted),
      promptTokens: record.usage?.prompt_tokens,
      completionTokens: record.usage?.completion_tokens,
      latencyMs: record.latencyMs,
    });
}
