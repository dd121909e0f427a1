/** Asks workers what they serve and how long their queue is. */
import { OrcestatorError, parseWorkerStatus, workerPaths, type WorkerStatus } from '@orcestator/protocol';
import {
  clusterHeaders,
  errorCodeOf,
  HttpStatusError,
  networkFailureOf,
  type CallOptions,
  type JsonClient,
} from '@orcestator/service-kit';

export interface WorkerStatusClient {
  /** Throws `worker_unreachable`, whose message names the worker, the cause and the remedy. */
  getWorkerStatus(workerName: string): Promise<WorkerStatus>;
}

type Probe = (client: JsonClient, workerName: string, options: CallOptions) => Promise<WorkerStatus>;

/** How a worker is asked, by the protocol it speaks. */
const probes = {
  fastchat: async (client, workerName, options) =>
    parseWorkerStatus(await client.post(workerName + workerPaths.status, {}, options)),
} satisfies Record<string, Probe>;

export interface WorkerStatusClientOptions {
  readonly client: JsonClient;
  readonly clusterSecret: string;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
}

export function createWorkerStatusClient(options: WorkerStatusClientOptions): WorkerStatusClient {
  return {
    getWorkerStatus: async (workerName) => {
      // The client's own timeout starts anew with each byte: a trickle would hold the caller for ever.
      const signal = AbortSignal.timeout(options.timeout);
      const headers = clusterHeaders(options.clusterSecret, workerName);
      try {
        return await probes.fastchat(options.client, workerName, { headers, signal });
      } catch (error) {
        const why = signal.aborted ? tooLate(options.timeout) : reasonOf(error, options.timeout);
        throw new OrcestatorError('worker_unreachable', `The worker ${workerName} cannot be used: ${why}`, {
          cause: error,
        });
      }
    },
  };
}

const REMEDY = 'Check that it runs and that the controller can reach it at this address.';

function tooLate(timeout: number): string {
  return `it did not answer ${workerPaths.status} within ${timeout / 1000} s. ${REMEDY}`;
}

function reasonOf(error: unknown, timeout: number): string {
  if (error instanceof HttpStatusError) return refusal(error.status);
  if (error instanceof OrcestatorError) {
    return `its answer to ${workerPaths.status} is not a worker status. Check that a worker listens at this address.`;
  }
  switch (networkFailureOf(error)) {
    case 'refused':
      return `the connection was refused (${errorCodeOf(error)}). ${REMEDY}`;
    case 'timeout':
      return tooLate(timeout);
    case 'broken':
      return `the connection broke (${errorCodeOf(error) || 'no code'}). ${REMEDY}`;
  }
}

function refusal(status: number): string {
  const answered = `it answered ${workerPaths.status} with ${status}.`;
  if (status === 401 || status === 403) return `${answered} Give every service the same OR_CLUSTER_SECRET.`;
  if (status === 404) {
    return `${answered} A server without this path must be registered with its worker_status.`;
  }
  return `${answered} Its log says why.`;
}
