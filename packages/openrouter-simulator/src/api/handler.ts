/** What an endpoint of the simulator is given. */
import type { Bookkeeping, RecordedRequest } from '../bookkeeping';
import type { Settings } from '../options';
import type { Reply } from '../reply';
import type { Modifiers } from '../scenario-id';
import type { FreeTier } from './free-tier';

export interface ApiRequest {
  /** Parsed JSON, `undefined` where the body is none. */
  readonly body: unknown;
  readonly query: URLSearchParams;
  readonly record: RecordedRequest;
  /** Unix seconds. */
  readonly created: number;
  readonly settings: Settings;
  readonly freeTier: FreeTier;
  readonly bookkeeping: Bookkeeping;
  readonly openConnections: () => number;
  readonly reply: (modifiers?: Modifiers) => Reply;
  /** Forgets requests and counters. */
  readonly reset: () => void;
}

export type Handler = (request: ApiRequest) => Promise<void>;
