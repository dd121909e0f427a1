/** Connections that workers hold open, so that a worker that was killed is noticed at once and not at its next heart beat. */
import { OrcestatorError, withoutSlashes } from '@orcestator/protocol';
import type { Clock, Logger, TimerHandle } from '@orcestator/service-kit';
import type { Controller } from './controller';
import type { WorkerStatusClient } from './worker-status-client';

/** Milliseconds between two bytes that show the worker that the controller lives. */
export const PRESENCE_BEAT_MS = 15_000;
/** Milliseconds that a worker has to come back before it is asked whether it lives. */
export const PRESENCE_GRACE_MS = 500;
/** Connections held at most; one worker never holds two. */
const PRESENCE_LIMIT = 1_000;

/** One held answer. */
export interface PresenceConnection {
  beat(): void;
  end(): void;
}

export interface WorkerPresenceOptions {
  readonly controller: Controller;
  readonly workerStatus: WorkerStatusClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Held {
  readonly connection: PresenceConnection;
  timer: TimerHandle;
}

export class WorkerPresence {
  readonly #options: WorkerPresenceOptions;
  readonly #held = new Map<string, Held>();
  #isStopping = false;

  constructor(options: WorkerPresenceOptions) {
    this.#options = options;
    // A living worker that was removed must not wait for its next heart beat to learn of it.
    options.controller.events.on('removed', (workerName) => this.#release(workerName));
  }

  /** Holds a connection, in place of the worker's older one; the answer is to be called when it has closed. */
  open(address: string, connection: PresenceConnection): () => void {
    const workerName = withoutSlashes(address);
    if (this.#isStopping) throw new OrcestatorError('shutting_down', 'The controller is shutting down.');
    this.#release(workerName);
    if (this.#held.size >= PRESENCE_LIMIT) {
      throw new OrcestatorError('overloaded', `${PRESENCE_LIMIT} workers hold a connection already.`);
    }
    const held: Held = { connection, timer: this.#beatLater(workerName) };
    this.#held.set(workerName, held);
    return () => this.#closed(workerName, held);
  }

  /** Ends all connections and takes no more: the service stops. */
  stop(): void {
    this.#isStopping = true;
    for (const workerName of [...this.#held.keys()]) this.#release(workerName);
  }

  #beatLater(workerName: string): TimerHandle {
    return this.#options.clock.after(PRESENCE_BEAT_MS, () => {
      const held = this.#held.get(workerName);
      if (!held) return;
      held.connection.beat();
      held.timer = this.#beatLater(workerName);
    });
  }

  /** Ends a connection ourselves, which says nothing about the worker. */
  #release(workerName: string): void {
    const held = this.#held.get(workerName);
    if (!held) return;
    this.#forget(workerName, held);
    held.connection.end();
  }

  #forget(workerName: string, held: Held): void {
    held.timer.stop();
    this.#held.delete(workerName);
  }

  #closed(workerName: string, held: Held): void {
    if (this.#held.get(workerName) !== held) return;
    this.#forget(workerName, held);
    this.#options.logger.debug('a worker closed its presence', { worker: workerName });
    const worker = this.#options.controller.findWorker(workerName);
    if (!worker?.checkHeartBeat) return;
    this.#options.clock.after(
      PRESENCE_GRACE_MS,
      () => void this.#removeIfLost(workerName, worker.registration),
    );
  }

  async #removeIfLost(workerName: string, registration: number): Promise<void> {
    const { controller, workerStatus } = this.#options;
    const isBack = (): boolean =>
      this.#isStopping ||
      this.#held.has(workerName) ||
      controller.findWorker(workerName)?.registration !== registration;
    if (isBack()) return;
    const lives = await workerStatus.getWorkerStatus(workerName).then(
      () => true,
      () => false,
    );
    if (!lives && !isBack()) controller.removeWorker(workerName, 'lost');
  }
}
