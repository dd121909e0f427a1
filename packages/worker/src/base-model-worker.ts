/** A worker as its controller sees it, whatever kind generates the text (FastChat: `BaseModelWorker`). */
import type { WorkerStatus } from '@orcestator/protocol';
import {
  Registration,
  type Clock,
  type ConcurrencyLimit,
  type JsonClient,
  type Logger,
  type StreamClient,
} from '@orcestator/service-kit';
import type { WorkerKind } from './kinds/worker-kind';

export interface BaseModelWorkerOptions {
  readonly kind: WorkerKind;
  readonly limit: ConcurrencyLimit;
  readonly modelNames: readonly string[];
  readonly modelPatterns: readonly string[];
  readonly controllerUrl: string;
  readonly clusterSecret: string;
  /** Milliseconds between two heart beats. */
  readonly heartBeatInterval: number;
  readonly jsonClient: JsonClient;
  readonly streamClient: StreamClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly onState: (isRegistered: boolean) => void;
}

export class BaseModelWorker {
  readonly kind: WorkerKind;
  readonly limit: ConcurrencyLimit;
  readonly #options: BaseModelWorkerOptions;
  #registration: Registration | undefined;

  constructor(options: BaseModelWorkerOptions) {
    this.kind = options.kind;
    this.limit = options.limit;
    this.#options = options;
  }

  get modelNames(): readonly string[] {
    return this.#options.modelNames;
  }

  /** Answer of `/worker_get_status`; speed is 1 as in FastChat. */
  getStatus(): WorkerStatus {
    const { modelNames, modelPatterns } = this.#options;
    return {
      model_names: [...modelNames],
      speed: 1,
      queue_length: this.limit.queueLength(),
      protocols: ['openai', 'fastchat'],
      ...(modelPatterns.length > 0 ? { model_patterns: [...modelPatterns] } : {}),
    };
  }

  /** Registers under `workerAddress`, which is known once the port is open, and stays registered. */
  initHeartBeat(workerAddress: string): void {
    this.#registration = new Registration({
      ...this.#options,
      workerName: workerAddress,
      status: () => this.getStatus(),
    });
    this.#registration.start();
  }

  /** Signs off, so that no new request comes while the running ones end. */
  async stop(): Promise<void> {
    await this.#registration?.stop();
  }
}
