/** What the operations of the text path are given. */
import type { ConversationTemplate, JsonRecord } from '@orcestator/protocol';
import type { Clock, StreamAnswer } from '@orcestator/service-kit';
import type { ModelRequest } from '../drivers/driver';
import type { CallOptions, WorkerCalls } from './worker-calls';

export interface TextRequest {
  readonly request: ModelRequest;
  /** The client's body. */
  readonly fields: JsonRecord;
  readonly calls: WorkerCalls;
  /** For the small calls before the generation. */
  readonly callOptions: CallOptions;
  readonly template: () => Promise<ConversationTemplate>;
  readonly clock: Clock;
}

/** One of the things a text worker can be asked for. */
export type Ask = (text: TextRequest) => Promise<StreamAnswer>;
