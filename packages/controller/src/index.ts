/** The controller as a package: what the command line, the documents and the end-to-end tests use. */
export { createControllerApp, type ControllerAppOptions } from './app';
export type { ControllerConfig } from './config';
export { Controller, type ControllerOptions } from './controller';
export type { ControllerEvents } from './controller-events';
export { controllerDefinition } from './definition';
