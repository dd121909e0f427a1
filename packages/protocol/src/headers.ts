/** Header names and the lists of headers that may cross a hop. All lower case, as Node gives them. */

export const REQUEST_ID_HEADER = 'x-request-id';
/** The model that really answered; the body says `orcestator`. */
export const UPSTREAM_MODEL_HEADER = 'x-orcestator-upstream-model';
/** Where the time to the answer's head went (W3C Server Timing): `gateway;dur=1.2, upstream;dur=812.4`, milliseconds. */
export const SERVER_TIMING_HEADER = 'server-timing';
/** The worker's part of it: itself, the wait for a slot, the upstream up to its first token, the tokens after that. */
export const workerHops = ['worker', 'queue', 'upstream', 'generation'] as const;
/** Proves to a worker that the caller belongs to the cluster (`OR_CLUSTER_SECRET`). */
export const CLUSTER_TOKEN_HEADER = 'x-orcestator-cluster-token';
/** Which client key asked, for the worker's audit: a name or a short hash, never the key. Set by the API server only. */
export const CLIENT_HEADER = 'x-orcestator-client';

/** Ids of the services that a request has passed, so that those registered at one another do not ask for ever. */
export const VIA_HEADER = 'x-orcestator-via';

/** Headers of a worker's answer that the client may see (RFC 9110 §7.6.1 hop-by-hop ones and cookies never do). */
export const forwardedAnswerHeaders = [
  UPSTREAM_MODEL_HEADER,
  'x-generation-id',
  'retry-after',
  'x-should-retry',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
] as const;

/** Headers of a client's request that reach the worker: who asks (these two go no further), and what OpenRouter understands (openrouter.md §2.1). */
export const forwardedRequestHeaders = [
  VIA_HEADER,
  'user-agent',
  CLIENT_HEADER,
  'x-initiator',
  'x-interaction-id',
  'x-session-id',
  'x-anthropic-beta',
  'x-openrouter-metadata',
  'x-openrouter-cache',
  'x-openrouter-cache-ttl',
  'x-openrouter-cache-clear',
] as const;

/** Headers of an event stream that no hop may buffer, compress or cache. */
export const eventStreamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The listed headers out of a message's headers, first value where there are several. */
export function pickHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) picked[name] = text;
  }
  return picked;
}
