/** The worker's calls to its controller. */
import { controllerPaths, isRecord, type WorkerStatus } from '@orcestator/protocol';
import { controllerHeaders } from '../cluster-secret';
import { HttpStatusError, type JsonClient } from '../http/post-json';

export interface RegistrationClientOptions {
  readonly controllerUrl: string;
  /** The worker's address, by which the controller knows it. */
  readonly workerName: string;
  readonly clusterSecret: string;
  readonly client: JsonClient;
}

export interface RegistrationClient {
  /** Without a status the controller asks for it. */
  registerToController(status: WorkerStatus | undefined): Promise<void>;
  /** False: the controller does not know this worker (any more). */
  sendHeartBeat(queueLength: number): Promise<boolean>;
  /** Takes the worker off the list; a FastChat controller has no such call, and then nothing is to be done. */
  removeWorker(): Promise<void>;
}

export function createRegistrationClient(options: RegistrationClientOptions): RegistrationClient {
  const { controllerUrl, workerName, clusterSecret, client } = options;
  const headers = controllerHeaders(clusterSecret);
  const post = (path: string, body: object): Promise<unknown> =>
    client.post(controllerUrl + path, { worker_name: workerName, ...body }, { headers });
  return {
    registerToController: async (status) => {
      await post(controllerPaths.registerWorker, { check_heart_beat: true, worker_status: status });
    },
    sendHeartBeat: async (queueLength) => {
      const answer = await post(controllerPaths.receiveHeartBeat, { queue_length: queueLength });
      return isRecord(answer) && answer.exist === true;
    },
    removeWorker: async () => {
      await post(controllerPaths.removeWorker, {}).catch((error: unknown) => {
        if (!(error instanceof HttpStatusError && error.status === 404)) throw error;
      });
    },
  };
}
