/** The API server: the OpenAI face of the gateway. */
export { createApiServerApp } from './app';
export { apiServerTable, type ApiServerConfig } from './config';
export { apiServerDefinition } from './definition';
