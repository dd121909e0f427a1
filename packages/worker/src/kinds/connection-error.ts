/** What went wrong between this machine and the upstream, in words that say what to do about it. */
import { OrcestatorError } from '@orcestator/protocol';
import {
  errorCodeOf,
  networkFailureOf,
  proxyStatusOf,
  setupFaultOf,
  type NetworkFailure,
  type SetupFault,
} from '@orcestator/service-kit';

/** In milliseconds; the texts name them. */
export interface ConnectionLimits {
  readonly connect: number;
  readonly firstByte: number;
}

/** undici's word for it. */
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/** Our own abort keeps its reason; anything else is the network's doing. */
export function connectionError(
  error: unknown,
  signal: AbortSignal,
  limits: ConnectionLimits,
  { hasAnswered }: { hasAnswered: boolean },
): OrcestatorError {
  if (signal.aborted && signal.reason instanceof OrcestatorError) return signal.reason;
  if (error instanceof OrcestatorError) return error;
  const fault = hasAnswered ? undefined : setupFaultOf(error);
  if (fault) return new OrcestatorError('upstream_failed', faultMessage(fault, error), { cause: error });
  const failure = networkFailureOf(error);
  // A request that got no byte back may be asked again; one that timed out is perhaps being paid for (openrouter.md §9).
  const isRetryable = !hasAnswered && failure !== 'timeout';
  const mayCostTwice = isRetryable && failure === 'broken' && proxyStatusOf(error) === undefined;
  const kind = failure === 'timeout' ? 'timeout' : 'upstream_failed';
  const message = networkMessage(failure, error, limits);
  return new OrcestatorError(kind, message, { cause: error, isRetryable, mayCostTwice });
}

function networkMessage(failure: NetworkFailure, error: unknown, limits: ConnectionLimits): string {
  const proxyStatus = proxyStatusOf(error);
  if (proxyStatus !== undefined)
    return `The proxy could not connect to the upstream (it answered ${proxyStatus}). Check HTTPS_PROXY and OR_BASE_URL.`;
  if (errorCodeOf(error) === CONNECT_TIMEOUT)
    return `The upstream took no connection within ${limits.connect / 1000} s (OR_CONNECT_TIMEOUT). Check the network and HTTPS_PROXY.`;
  switch (failure) {
    case 'refused':
      return 'The upstream cannot be reached. Check the network, HTTPS_PROXY and OR_BASE_URL.';
    case 'timeout':
      return `The upstream did not answer within ${limits.firstByte / 1000} s (OR_FIRST_BYTE_TIMEOUT).`;
    case 'broken':
      return 'The connection to the upstream broke.';
  }
}

/** Nothing of the proxy's address: it may hold a password. */
function faultMessage(fault: SetupFault, error: unknown): string {
  const code = errorCodeOf(error);
  switch (fault) {
    case 'foreign_certificate':
      return `The certificate of the upstream is not trusted here (${code}): a company's proxy or an antivirus reads along, or the server has made its own. Save the root certificate as a PEM file and set NODE_EXTRA_CA_CERTS to it.`;
    case 'expired_certificate':
      return `The certificate of the upstream is not valid today (${code}). Check the clock of this machine, then the proxy in between.`;
    case 'certificate_of_another_host':
      return `The certificate of the upstream belongs to another host (${code}): another server has answered. Check OR_BASE_URL and HTTPS_PROXY.`;
    case 'no_tls':
      return `What answers there does not speak TLS (${code}). Check OR_BASE_URL and HTTPS_PROXY: http:// for a server or a proxy without a certificate.`;
    case 'no_http':
      return 'What answers there does not speak HTTP. Check host and port of OR_BASE_URL and HTTPS_PROXY.';
    case 'proxy_login':
      return 'The proxy wants a login, or another one (407). Set HTTPS_PROXY with user:password@ before the host, special characters percent-encoded.';
    case 'proxy_refusal':
      return `The proxy does not connect to the upstream (it answered ${proxyStatusOf(error)}). Check HTTPS_PROXY, or ask its administrator to let the host of OR_BASE_URL through.`;
  }
}
