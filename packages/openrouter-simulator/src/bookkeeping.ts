/** What the simulator saw of each request: for tests and for the benchmark. */

export type Outcome = 'running' | 'completed' | 'cancelled' | 'error' | 'reset';

export interface RecordedRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The exact text; empty once newer bodies have taken its place. */
  body: string;
  /** Bytes of the body, kept or not. */
  readonly bodyBytes: number;
  readonly generationId: string;
  readonly model: string;
  readonly isStream: boolean;
  /** Times are epoch milliseconds. */
  readonly startedAt: number;
  /** First data event, or the body of an answer that is no stream. */
  firstByteAt?: number;
  /** When each data event was written; the first 1,000. */
  readonly eventTimes: number[];
  endedAt?: number;
  /** The client closed the connection before the answer was complete. */
  abortedAt?: number;
  outcome: Outcome;
  bytesSent: number;
  promptTokens: number;
  /** As far as they were sent, so that a cancelled stream has its price too. */
  completionTokens: number;
  reasoningTokens: number;
  /** The model's last words on how it ended. */
  finishReason: string | null;
  /** Questions to `/generation` so far. */
  generationAsked: number;
}

const KEPT_REQUESTS = 10_000;
/** Characters of all bodies together: an agent's request has 70 kB and more. */
const KEPT_BODY_CHARACTERS = 64 * 1024 * 1024;
export const KEPT_EVENT_TIMES = 1_000;

export interface Bookkeeping {
  readonly requests: RecordedRequest[];
  add(request: RecordedRequest): void;
  find(generationId: string): RecordedRequest | undefined;
  reset(): void;
}

export function createBookkeeping(): Bookkeeping {
  const requests: RecordedRequest[] = [];
  let withBody: RecordedRequest[] = [];
  let characters = 0;
  const forgetBody = (request: RecordedRequest | undefined): void => {
    if (!request) return;
    characters -= request.body.length;
    request.body = '';
  };
  return {
    requests,
    add: (request) => {
      requests.push(request);
      withBody.push(request);
      characters += request.body.length;
      if (requests.length > KEPT_REQUESTS) requests.shift();
      while (characters > KEPT_BODY_CHARACTERS || withBody.length > KEPT_REQUESTS)
        forgetBody(withBody.shift());
    },
    find: (generationId) => requests.find((request) => request.generationId === generationId),
    reset: () => {
      requests.length = 0;
      withBody = [];
      characters = 0;
    },
  };
}
