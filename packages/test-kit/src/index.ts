/** Stacks to test against; development only. */
export * from './stack/in-process-stack';
export * from './stack/process-stack';
