/** An offline OpenRouter for the demo, the tests and the benchmarks. */
export type { RecordedRequest } from './bookkeeping';
export { simulatorTable, type SimulatorConfig } from './config';
export { simulatorDefinition } from './definition';
export type { SimulatorOptions } from './options';
export { scenarioNames, scenarios } from './scenarios';
export { createSimulator, type Simulator } from './simulator';
export { startSimulator, type RunningSimulator } from './start-simulator';
