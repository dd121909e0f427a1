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

/**
 * A call that fails for the way it is set up, and will fail again: what answered there is not what was expected.
 * `foreign_certificate`: signed by somebody this machine does not know, usually a company's proxy or an antivirus.
 */
export type SetupFault =
  | 'foreign_certificate'
  | 'expired_certificate'
  | 'certificate_of_another_host'
  | 'no_tls'
  | 'no_http'
  | 'proxy_login'
  | 'proxy_refusal';

const setupFaults: Readonly<Record<string, SetupFault>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'foreign_certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'foreign_certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'foreign_certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'foreign_certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'foreign_certificate',
  CERT_HAS_EXPIRED: 'expired_certificate',
  CERT_NOT_YET_VALID: 'expired_certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_of_another_host',
  UND_ERR_PRX_TLS: 'certificate_of_another_host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no_tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no_tls',
  EPROTO: 'no_tls',
};

/** `undefined` for any other failure, which may pass by itself. */
export function setupFaultOf(error: unknown): SetupFault | undefined {
  const status = proxyStatusOf(error);
  if (status !== undefined) return proxyFault(status);
  // undici gives its parser's errors no code for an answer that does not even begin as HTTP.
  if (error instanceof Error && error.name === 'HTTPParserError') return 'no_http';
  return setupFaults[errorCodeOf(error)];
}

/** A proxy that cannot reach the peer may do so a moment later. */
function proxyFault(status: number): SetupFault | undefined {
  if (status === 407) return 'proxy_login';
  return status < 500 ? 'proxy_refusal' : undefined;
}

/** The status with which a proxy refused to connect; undici tells it in its text only. */
export function proxyStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, status] = /^Proxy response \((\d{3})\)/.exec(error.message) ?? [];
  return status === undefined ? undefined : Number(status);
}
