/** Asks workers what they serve and how long their queue is: ours and FastChat's, and any server that speaks OpenAI's protocol. */
import {
  OrcestatorError,
  parseWorkerStatus,
  readModelIds,
  VIA_HEADER,
  workerPaths,
  type WorkerProtocol,
  type WorkerStatus,
} from '@orcestator/protocol';
import { clusterHeaders, type CallOptions, type JsonClient } from '@orcestator/service-kit';
import type { WorkerAnswer } from './worker-info';
import { isOtherApi, unusableWorker, type Attempt } from './worker-failure';

export interface WorkerQuestionOptions {
  /** How to ask; absent = as a worker first, then as an OpenAI-compatible server. */
  readonly by?: WorkerProtocol | undefined;
  /** The controllers that wait for the answer, where it is asked for one of them. */
  readonly via?: readonly string[];
}

export interface WorkerStatusClient {
  /** Throws `worker_unreachable`, whose message names the worker, the cause and the remedy. */
  getWorkerStatus(workerName: string, options?: WorkerQuestionOptions): Promise<WorkerAnswer>;
}

type Probe = (client: JsonClient, workerName: string, options: CallOptions) => Promise<WorkerStatus>;

/** How a worker is asked, by the protocol it speaks. */
const probes: Readonly<Record<WorkerProtocol, Probe>> = {
  fastchat: async (client, workerName, options) =>
    parseWorkerStatus(await client.post(workerName + workerPaths.status, {}, options)),
  openai: async (client, workerName, options) => {
    const names = readModelIds(await client.get(workerName + workerPaths.models, options));
    if (names) return { model_names: names, speed: 1, queue_length: 0, protocols: ['openai'] };
    throw new OrcestatorError('invalid_request', 'This is not a list of models.');
  },
};

export interface WorkerStatusClientOptions {
  readonly client: JsonClient;
  readonly clusterSecret: string;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** The id of the controller that asks. */
  readonly controllerId: string;
}

export function createWorkerStatusClient(options: WorkerStatusClientOptions): WorkerStatusClient {
  const { client, clusterSecret, controllerId } = options;
  return {
    getWorkerStatus: async (workerName, { by, via } = {}) => {
      // Who asks for others must be ready before they lose their patience.
      const timeout = via ? Math.floor(options.timeout / (via.length + 2)) : options.timeout;
      const headers = {
        ...clusterHeaders(clusterSecret, workerName),
        [VIA_HEADER]: [...(via ?? []), controllerId].join(', '),
      };
      const attempts: Attempt[] = [];
      for (const protocol of by ? [by] : (['fastchat', 'openai'] as const)) {
        // The client's own timeout starts anew with each byte: a trickle would hold the caller for ever.
        const signal = AbortSignal.timeout(timeout);
        try {
          const status = await probes[protocol](client, workerName, { headers, signal });
          return { status, askedBy: protocol };
        } catch (error) {
          attempts.push({ protocol, error, isLate: signal.aborted });
          if (!isOtherApi(error) || signal.aborted) break;
        }
      }
      throw unusableWorker(workerName, attempts, timeout);
    },
  };
}
