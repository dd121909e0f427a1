/** Which protocol a worker is asked in: from the controller, or from the worker where the controller does not carry it. */
import {
  isRecord,
  OrcestatorError,
  parseWorkerStatus,
  protocolsOf,
  workerPaths,
  workerProtocols,
  type WorkerProtocol,
  type WorkerStatus,
} from '@orcestator/protocol';
import type { Clock } from '@orcestator/service-kit';
import type { WorkerRoute } from '../controller-client';
import { WorkerStatusError } from './driver';
import { createExpiringCache } from './expiring-cache';
import { callsTo, type WorkerCallsOptions } from '../fastchat/worker-calls';

export interface WorkerProtocols {
  /** Throws `no_worker` where it speaks none of ours, or the network's error. */
  choose(route: WorkerRoute, model: string, signal: AbortSignal): Promise<WorkerProtocol>;
  forget(address: string): void;
}

/** Milliseconds for which a worker's word about itself holds, and for how many workers. */
const LIFETIME = 30_000;
const REMEMBERED_WORKERS = 1_000;

/** What a status says of protocols. */
type Spoken = Pick<WorkerStatus, 'protocols' | 'protocols_by_model'>;

const OPENAI: Spoken = { protocols: ['openai'] };

export interface WorkerProtocolsOptions extends WorkerCallsOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly callTimeout: number;
}

export function createWorkerProtocols(options: WorkerProtocolsOptions): WorkerProtocols {
  const known = createExpiringCache<Spoken>(options.clock, LIFETIME, REMEMBERED_WORKERS);

  const learn = async (address: string, signal: AbortSignal): Promise<Spoken> => {
    const remembered = known.get(address);
    if (remembered) return remembered;
    const spoken = await askWorker(address, signal, options);
    known.set(address, spoken);
    return spoken;
  };

  return {
    choose: async ({ address, protocols }, model, signal) => {
      const spoken = protocols ?? protocolsFor(model, await learn(address, signal));
      // The order of the table is the order of preference.
      const protocol = workerProtocols.find((candidate) => spoken.includes(candidate));
      if (protocol) return protocol;
      throw new OrcestatorError(
        'no_worker',
        "The worker of this model speaks neither OpenAI's protocol nor FastChat's; see its worker_status.protocols.",
      );
    },
    forget: (address) => known.drop((key) => key === address),
  };
}

/** A status without `protocols` is FastChat's; no status at all means a plain OpenAI-compatible server. */
async function askWorker(
  address: string,
  signal: AbortSignal,
  options: WorkerProtocolsOptions,
): Promise<Spoken> {
  try {
    const calls = callsTo(address, {}, options);
    const status = await calls.post(workerPaths.status, {}, { signal, timeout: options.callTimeout });
    return isRecord(status) && status.model_names !== undefined ? parseWorkerStatus(status) : OPENAI;
  } catch (error) {
    const isForeign = error instanceof WorkerStatusError && error.status < 500;
    if (isForeign || error instanceof OrcestatorError) return OPENAI;
    throw error;
  }
}

/** A controller that stands for several workers says what only some of them speak. */
function protocolsFor(model: string, spoken: Spoken): readonly WorkerProtocol[] {
  const byModel = spoken.protocols_by_model ?? {};
  return (Object.hasOwn(byModel, model) ? byModel[model] : undefined) ?? protocolsOf(spoken);
}
