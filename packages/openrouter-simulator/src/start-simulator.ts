/** A running simulator for tests and benchmarks. */
import { listen } from '@orcestator/service-kit';
import type { SimulatorOptions } from './options';
import { createSimulator, type Simulator } from './simulator';

export interface RunningSimulator {
  /** The base URL of the API: ends in `/api/v1`. */
  readonly url: string;
  /** The host, for the bookkeeping paths. */
  readonly origin: string;
  readonly simulator: Simulator;
  readonly close: () => Promise<void>;
}

/** Opens it on 127.0.0.1; port 0, the default, lets the system choose. */
export async function startSimulator(
  options: SimulatorOptions & { port?: number } = {},
): Promise<RunningSimulator> {
  const { port = 0, ...rest } = options;
  const simulator = createSimulator(rest);
  const listening = await listen(simulator.listener, { host: '127.0.0.1', port });
  return {
    url: `${listening.url}/api/v1`,
    origin: listening.url,
    simulator,
    close: async () => {
      const closed = listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}
