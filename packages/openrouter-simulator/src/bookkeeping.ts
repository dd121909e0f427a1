/** What the simulator saw of each request: for tests and for the benchmark. */

export type Outcome = 'running' | 'completed' | 'cancelled' | 'error' | 'reset';

export interface RecordedRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The exact body, cut at 1 MiB. */
  readonly body: string;
  /** Bytes of the body before the cut. */
  readonly bodyBytes: number;
  readonly generationId: string;
  readonly model: string;
  readonly isStream: boolean;
  /** Times are epoch milliseconds. */
  readonly startedAt: number;
  firstByteAt?: number;
  /** When each data event was written; the first 10,000. */
  readonly eventTimes: number[];
  endedAt?: number;
  /** The client closed the connection before the answer was complete. */
  abortedAt?: number;
  outcome: Outcome;
  bytesSent: number;
  promptTokens: number;
  completionTokens: number;
  /** Questions to `/generation` so far. */
  generationAsked: number;
}

const KEPT_REQUESTS = 10_000;
export const KEPT_BODY_CHARACTERS = 1024 * 1024;
export const KEPT_EVENT_TIMES = 10_000;

export interface Bookkeeping {
  readonly requests: RecordedRequest[];
  add(request: RecordedRequest): void;
  find(generationId: string): RecordedRequest | undefined;
  reset(): void;
}

export function createBookkeeping(): Bookkeeping {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    add: (request) => {
      requests.push(request);
      if (requests.length > KEPT_REQUESTS) requests.shift();
    },
    find: (generationId) => requests.find((request) => request.generationId === generationId),
    reset: () => void requests.splice(0),
  };
}
