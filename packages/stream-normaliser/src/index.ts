/** Whatever an OpenAI-compatible upstream sends → one clean stream; shared by the worker and the API server. */
export * from './finish-reason';
export * from './map-upstream-error';
export * from './read-error';
export * from './read-error-answer';
export * from './read-usage';
export * from './stream-normaliser';
export * from './text-pieces';
export * from './upstream-stream';
export * from './without-fields';
