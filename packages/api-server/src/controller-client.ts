/** The API server's questions to the controller. */
import {
  controllerPaths,
  isRecord,
  isStringArray,
  OrcestatorError,
  REQUEST_ID_HEADER,
  workerProtocols,
  type WorkerProtocol,
} from '@orcestator/protocol';
import {
  controllerHeaders,
  networkFailureOf,
  HttpStatusError,
  type Clock,
  type JsonClient,
} from '@orcestator/service-kit';

/** Where a request goes. */
export interface WorkerRoute {
  readonly address: string;
  /** `undefined` when the controller does not carry them (FastChat's). */
  readonly protocols: readonly WorkerProtocol[] | undefined;
}

export interface ControllerClient {
  listModels(signal: AbortSignal): Promise<string[]>;
  /**
   * `undefined` when no worker serves the model. Throws `controller_unreachable`, or `no_worker` where one does and is
   * away for the moment. `requestId` is for the controller's log.
   */
  getWorkerAddress(
    model: string,
    exclude: readonly string[],
    signal: AbortSignal,
    requestId?: string,
  ): Promise<WorkerRoute | undefined>;
}

export interface ControllerClientOptions {
  readonly controllerUrl: string;
  readonly clusterSecret: string;
  readonly client: JsonClient;
  readonly clock: Clock;
  /** Milliseconds for which the last answer stands in for a controller that does not answer. */
  readonly standInTime: number;
}

export function createControllerClient(options: ControllerClientOptions): ControllerClient {
  const { controllerUrl, clusterSecret, client, clock, standInTime } = options;
  const headers = controllerHeaders(clusterSecret);
  const lastRoutes = new Map<string, { route: WorkerRoute; at: number }>();

  const post = async (
    path: string,
    body: object,
    signal: AbortSignal,
    more: Record<string, string> = {},
  ): Promise<unknown> => {
    try {
      return await client.post(controllerUrl + path, body, { headers: { ...headers, ...more }, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw controllerError(error);
    }
  };

  /** While the controller restarts, the workers go on working where they were. */
  const standIn = (model: string, exclude: readonly string[]): WorkerRoute | undefined => {
    const last = lastRoutes.get(model);
    if (!last || clock.monotonic() - last.at > standInTime || exclude.includes(last.route.address))
      return undefined;
    return last.route;
  };

  return {
    listModels: async (signal) => {
      const answer = await post(controllerPaths.listModels, {}, signal);
      if (isRecord(answer) && isStringArray(answer.models)) return answer.models;
      throw notAController();
    },
    getWorkerAddress: async (model, exclude, signal, requestId) => {
      const body = exclude.length > 0 ? { model, exclude } : { model };
      let answer: unknown;
      try {
        const more: Record<string, string> =
          requestId === undefined ? {} : { [REQUEST_ID_HEADER]: requestId };
        answer = await post(controllerPaths.getWorkerAddress, body, signal, more);
      } catch (error) {
        const route = signal.aborted ? undefined : standIn(model, exclude);
        if (route) return route;
        throw error;
      }
      const route = readRoute(answer);
      if (!route && exclude.length === 0 && isRecord(answer) && answer.is_resting === true)
        throw isResting(model);
      if (route) remember(lastRoutes, model, { route, at: clock.monotonic() });
      else lastRoutes.delete(model);
      return route;
    },
  };
}

/** Models come from clients, so the map is bounded: the oldest goes first. */
const REMEMBERED_MODELS = 1_000;

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > REMEMBERED_MODELS && !oldest.done) map.delete(oldest.value);
}

function readRoute(answer: unknown): WorkerRoute | undefined {
  if (!isRecord(answer) || typeof answer.address !== 'string') throw notAController();
  if (answer.address === '') return undefined;
  const protocols = isStringArray(answer.protocols)
    ? workerProtocols.filter((protocol) => (answer.protocols as string[]).includes(protocol))
    : undefined;
  return { address: answer.address, protocols };
}

function isResting(model: string): OrcestatorError {
  return new OrcestatorError(
    'no_worker',
    `The server of "${model}" does not answer at the moment. Start it: requests go to it again as soon as it answers.`,
    { headers: { 'retry-after': '2' } },
  );
}

function notAController(): OrcestatorError {
  return new OrcestatorError(
    'controller_unreachable',
    'What answers at the controller address is no controller: check OR_CONTROLLER_URL.',
  );
}

function controllerError(error: unknown): OrcestatorError {
  const details = { cause: error, headers: { 'retry-after': '1' } };
  if (error instanceof HttpStatusError && error.status === 403) {
    return new OrcestatorError(
      'controller_unreachable',
      'The controller refuses this API server: OR_CLUSTER_SECRET differs.',
      details,
    );
  }
  if (error instanceof HttpStatusError) {
    return new OrcestatorError('controller_unreachable', `The controller answered ${error.status}.`, details);
  }
  const what = networkFailureOf(error) === 'timeout' ? 'does not answer in time' : 'is not running';
  return new OrcestatorError(
    'controller_unreachable',
    `The controller ${what}. Start it (npx --yes pnpm@12 controller) or check OR_CONTROLLER_URL.`,
    details,
  );
}
