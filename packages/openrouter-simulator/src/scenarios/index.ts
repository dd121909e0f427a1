/** All scenarios by name: the only place that knows every family. */
import { modifierNames } from '../scenario-id';
import { bodyScenarios } from './bodies';
import { combinedScenarios } from './combined';
import { connectionScenarios } from './connections';
import { httpErrorScenarios } from './http-errors';
import { midStreamScenarios } from './mid-stream-errors';
import { quotingScenarios } from './quotes';
import { reasoningScenarios } from './reasoning';
import type { ScenarioTable } from './scenario';
import { textScenarios } from './text';
import { timerScenarios } from './timers';
import { toolScenarios } from './tools';

export const scenarios: ScenarioTable = {
  ...textScenarios,
  ...toolScenarios,
  ...reasoningScenarios,
  ...timerScenarios,
  ...httpErrorScenarios,
  ...midStreamScenarios,
  ...bodyScenarios,
  ...connectionScenarios,
  ...combinedScenarios,
  ...quotingScenarios,
};

/** Every name that may follow `sim/`, modifiers included. */
export const scenarioNames: readonly string[] = [...Object.keys(scenarios), ...modifierNames];
