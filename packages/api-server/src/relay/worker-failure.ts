/** A worker that failed before its answer: what the log is told, what is forgotten of it, what the client reads. */
import { OrcestatorError, REQUEST_ID_HEADER } from '@orcestator/protocol';
import { errorCodeOf, networkFailureOf, type Logger } from '@orcestator/service-kit';
import { WorkerStatusError, type Drivers, type ModelRequest } from '../drivers/driver';
import type { WorkerProtocols } from '../drivers/worker-protocols';
import type { WorkerHealth } from '../worker-health';

export interface FailureOptions {
  readonly drivers: Drivers;
  readonly protocols: WorkerProtocols;
  readonly health: WorkerHealth;
  readonly logger: Logger;
}

/** Whatever was known of the worker may be out of date now: it may come back as another one. */
export function noteFailure(
  address: string,
  cause: unknown,
  { headers }: ModelRequest,
  { drivers, protocols, health, logger }: FailureOptions,
): void {
  logger.warn('a worker failed before its answer', {
    worker: address,
    failure: networkFailureOf(cause),
    id: headers[REQUEST_ID_HEADER],
    cause,
  });
  health.failed(address);
  protocols.forget(address);
  for (const driver of Object.values(drivers)) driver.forget?.(address);
}

/** The client's words for a worker that said nothing, or nothing that is a client's business. */
export function workerError(cause: unknown): OrcestatorError {
  if (networkFailureOf(cause) === 'timeout') return tooLate(cause);
  const what =
    cause instanceof WorkerStatusError
      ? `The worker cannot answer ${cause.path}`
      : 'No worker could be reached';
  return new OrcestatorError('worker_unreachable', `${what}; see the log of the API server.`, {
    cause,
    headers: { 'retry-after': '2' },
  });
}

/** One body has no limit of its own here: its `OR_TOTAL_TIMEOUT` is the deadline's to tell. */
function tooLate(cause: unknown): OrcestatorError {
  const message = errorCodeOf(cause).startsWith('UND_ERR_')
    ? 'The worker did not begin its answer in time (FASTCHAT_WORKER_API_TIMEOUT).'
    : 'The connection to the worker timed out.';
  return new OrcestatorError('timeout', message, { cause });
}
