/** What a scenario is. Adding one is one line in the table of its family. */
import { textAnswer } from '../answers/answer';
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

/** A shape that only a stream can have: without one the answer is sound (pitfall 37). */
export function streamed(run: Scenario['run']): Scenario['run'] {
  return (exchange) => (exchange.isStream ? run(exchange) : exchange.answerBody(textAnswer(SAMPLE)));
}
