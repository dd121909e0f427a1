/** What a simulator can be told; every part has a default. */
import { systemClock, type Clock } from '@orcestator/service-kit';

export interface SimulatorOptions {
  /** Milliseconds between two tokens. */
  readonly tokenDelay?: number;
  /** Milliseconds to the first token. */
  readonly firstTokenDelay?: number;
  /** Milliseconds to the first comment. */
  readonly commentFirst?: number;
  /** Milliseconds between two comments before the first token; 0 = no comments. */
  readonly commentInterval?: number;
  /** Keys that are good; absent = any bearer that is not empty. */
  readonly apiKeys?: readonly string[];
  /** Credit in USD. */
  readonly balance?: number;
  /** 404s before `/generation` knows a generation: it is written after the fact. */
  readonly generationDelay?: number;
  /** Requests of free models in a minute and in a day. */
  readonly freePerMinute?: number;
  readonly freePerDay?: number;
  readonly clock?: Clock;
  /** A number in [0, 1). */
  readonly random?: () => number;
}

export type Settings = Required<Omit<SimulatorOptions, 'apiKeys'>> & Pick<SimulatorOptions, 'apiKeys'>;

/** OpenRouter as it usually feels: comments after 0.5 s and then every 0.75 s, a token every 30 ms. */
export function withDefaults(options: SimulatorOptions): Settings {
  return {
    tokenDelay: 30,
    firstTokenDelay: 300,
    commentFirst: 500,
    commentInterval: 750,
    balance: 25,
    generationDelay: 1,
    freePerMinute: 20,
    freePerDay: 50,
    clock: systemClock,
    random: Math.random,
    ...options,
  };
}
