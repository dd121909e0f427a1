/** A request's record → its row in the traffic log. */
import type { Recorder } from '../recording';
import { tokenColumns, type CountTokens } from './estimate-usage';
import { shorten } from './shorten';
import type { TrafficLog } from './traffic-log';
import { answerText, endingText, lastUserText } from './traffic-texts';

export interface TrafficRecorderOptions {
  readonly log: TrafficLog;
  /** Longest text of a column in characters; 0 = no limit. */
  readonly textLimit: number;
  readonly redact: (text: string) => string;
  readonly countTokens: CountTokens;
}

export function createTrafficRecorder(options: TrafficRecorderOptions): Recorder {
  const { log, textLimit, redact, countTokens } = options;
  // Hidden first: a key that is cut in two has no shape any more.
  const column = (text: string, omitted = 0): string => shorten(redact(text), textLimit, omitted);
  return (record) => {
    const texts = [column(answerText(record), record.answer.omitted), column(endingText(record))];
    return log.append({
      endedAt: record.endedAt,
      user: column(lastUserText(record.messages)),
      // The ending has its own room: it must be read however long the answer is.
      assistant: texts.filter((text) => text !== '').join('\n'),
      ...tokenColumns(record, countTokens),
      latencyMs: record.latencyMs,
    });
  };
}
