/** The words in which the services talk: types, paths, codecs and the error table. Imports nothing. */
export * from './chat-completions';
export * from './constants';
export * from './controller-api';
export * from './dispatch-method';
export * from './error-body';
export * from './error-codes';
export * from './errors';
export * from './fastchat-api';
export * from './headers';
export * from './json';
export * from './model-pattern';
export * from './models-api';
export * from './sse-decoder';
export * from './sse-encode';
export * from './stream-tail';
export * from './worker-api';
