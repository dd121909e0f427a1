/** What a scenario is. Adding one is one line in the table of its family. */
import type { Exchange } from '../exchange';

export interface Scenario {
  /** One line for README.md (Russian). */
  readonly about: string;
  run(exchange: Exchange): Promise<void>;
}

export type ScenarioTable = Readonly<Record<string, Scenario>>;

export function scenario(about: string, run: Scenario['run']): Scenario {
  return { about, run };
}

/** The text of scenarios whose words do not matter. */
export const SAMPLE = 'The quick brown fox jumps over the lazy dog.';
