/** A worker's place at its controller: registered, beating and holding a connection until it signs off. */
import type { WorkerStatus } from '@orcestator/protocol';
import type { Clock } from '../clock';
import type { Logger } from '../create-logger';
import type { JsonClient } from '../http/post-json';
import type { StreamClient } from '../http/stream-client';
import { HeartBeat } from './heart-beat';
import { Presence } from './presence';
import { createRegistrationClient } from './registration-client';

export interface RegistrationOptions {
  readonly controllerUrl: string;
  /** The worker's address, by which the controller knows it. */
  readonly workerName: string;
  readonly clusterSecret: string;
  /** Milliseconds between two heart beats. */
  readonly heartBeatInterval: number;
  readonly status: () => WorkerStatus;
  /** The controller shall ask for the status itself, since it depends on who asks. */
  readonly isAsked?: boolean;
  readonly jsonClient: JsonClient;
  readonly streamClient: StreamClient;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Told after each beat whether the controller knows the worker. */
  readonly onState: (isRegistered: boolean) => void;
}

export class Registration {
  readonly #heartBeat: HeartBeat;
  readonly #presence: Presence;

  constructor(options: RegistrationOptions) {
    const { onState, heartBeatInterval: interval, jsonClient, streamClient } = options;
    this.#heartBeat = new HeartBeat({
      ...options,
      controller: createRegistrationClient({ ...options, client: jsonClient }),
      interval,
      onState: (isRegistered) => {
        onState(isRegistered);
        if (isRegistered) this.#presence.keep();
      },
    });
    this.#presence = new Presence({
      ...options,
      client: streamClient,
      onLost: (askAfter) => this.#heartBeat.wake(askAfter),
    });
  }

  start(): void {
    this.#heartBeat.start();
  }

  /** What the worker serves has changed: the controller learns it at once. */
  changed(): void {
    this.#heartBeat.registerAgain();
  }

  /** Signs off, so that no new request comes while the running ones end. */
  async stop(): Promise<void> {
    this.#presence.close();
    await this.#heartBeat.stop();
  }
}
