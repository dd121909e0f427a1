/** What a failed call between two machines means, from Node's, undici's and axios' error codes. */

/** `refused`: nobody there, nothing was sent. `timeout`: no answer in time. `broken`: cut on the way. */
export type NetworkFailure = 'refused' | 'timeout' | 'broken';

const failures: Readonly<Record<string, NetworkFailure>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'refused',
  EAI_AGAIN: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'refused',
  ETIMEDOUT: 'timeout',
  ECONNABORTED: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
};

/** Causes looked at, so that an error that causes itself ends. */
const MAX_DEPTH = 10;

/** The `code` of an error or of its nearest cause that has one; empty when there is none. */
export function errorCodeOf(error: unknown): string {
  let at = error;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < MAX_DEPTH; depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    at = 'cause' in at ? at.cause : undefined;
  }
  return '';
}

/** Classifies a call's failure; whatever is not known broke on the way. */
export function networkFailureOf(error: unknown): NetworkFailure {
  return failures[errorCodeOf(error)] ?? 'broken';
}
