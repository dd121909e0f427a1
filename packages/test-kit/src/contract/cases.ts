/** What a scenario of the simulator must become for a client of the gateway. */
import type { ErrorKind } from '@orcestator/protocol';

/** A whole answer. */
export interface SoundCase {
  /** The model id after `sim/`. */
  readonly scenario: string;
  /** The rule that it holds; names its pitfalls. */
  readonly holds: string;
  readonly text?: string;
  readonly reasoning?: string;
  /** Whole details, as they must go back to the model. */
  readonly details?: readonly object[];
  /** Names and arguments of the tool calls, in order. */
  readonly calls?: readonly (readonly [string, string])[];
  /** The model's end; by default `tool_calls` where there are calls, else `stop`. */
  readonly finish?: string;
  /** Upstream gives no token counts. */
  readonly hasNoUsage?: boolean;
}

/** An answer that fails. */
export interface BrokenCase {
  readonly scenario: string;
  readonly holds: string;
  readonly kind: ErrorKind;
  /** The error's code, where it is not the one of its kind. */
  readonly code?: string;
  /** A part of the message. */
  readonly says: string;
  /** What a stream has said before; absent where the failure comes first and is an HTTP status. */
  readonly after?: string;
}

/** The simulator's own words. */
export const SAMPLE = 'The quick brown fox jumps over the lazy dog.';
export const HELLO =
  'This is the OpenRouter simulator. You wrote: "Say hello". A real model would answer the question, and its stream would look just like this one.';

/** The name in the list of scenarios. */
export function nameOf(scenario: string): string {
  return scenario.split(/[:+]/)[0] ?? '';
}
