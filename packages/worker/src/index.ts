/** The worker: serves a model by streaming from OpenRouter or any OpenAI-compatible upstream. */
export { createWorkerApp } from './app';
export { BaseModelWorker } from './base-model-worker';
export { workerTable, type WorkerConfig } from './config';
export { workerDefinition } from './definition';
export { trafficOptions } from './config/traffic-options';
export { TrafficReader, type ReadRow } from './traffic-log/traffic-reader';
export { rotatedAt, rotatedFiles } from './traffic-log/traffic-rotation';
