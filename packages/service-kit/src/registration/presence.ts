/**
 * A connection that the worker holds open to its controller. It carries nothing; its end tells the worker at once that
 * the controller is gone or restarted, and the controller that the worker is gone. FastChat's controller has no such
 * path; then only heart beats tell.
 */
import { controllerPaths } from '@orcestator/protocol';
import type { Clock } from '../clock';
import { controllerHeaders } from '../cluster-secret';
import type { Logger } from '../create-logger';
import type { StreamClient } from '../http/stream-client';

export interface PresenceOptions {
  readonly controllerUrl: string;
  readonly workerName: string;
  readonly clusterSecret: string;
  readonly client: StreamClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The connection was open and has ended, not by us; told after how many milliseconds to ask the controller why. */
  readonly onLost: (askAfter: number) => void;
}

/** Milliseconds to wait for the controller to accept the connection. */
const HEADERS_TIMEOUT_MS = 5_000;
/** A connection that lasted less, in milliseconds, is being refused rather than lost: not asked about at once. */
const SHORT_LIFE_MS = 1_000;
const ASK_SOON_MS = 100;
const ASK_LATER_MS = 3_000;

export class Presence {
  readonly #options: PresenceOptions;
  #connection: AbortController | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Opens the connection unless it is open. */
  keep(): void {
    if (this.#connection) return;
    const connection = new AbortController();
    this.#connection = connection;
    const { clock, logger, onLost } = this.#options;
    const start = clock.monotonic();
    void this.#hold(connection.signal)
      .catch((error: unknown) => {
        if (!connection.signal.aborted) logger.debug('the presence connection failed', { cause: error });
        return true;
      })
      .then((wasOpen) => {
        if (this.#connection === connection) this.#connection = undefined;
        const isShort = clock.monotonic() - start < SHORT_LIFE_MS;
        if (wasOpen && !connection.signal.aborted) onLost(isShort ? ASK_LATER_MS : ASK_SOON_MS);
      });
  }

  close(): void {
    this.#connection?.abort();
    this.#connection = undefined;
  }

  /** Resolves when the connection ends: true when it had been accepted. */
  async #hold(signal: AbortSignal): Promise<boolean> {
    const { controllerUrl, workerName, clusterSecret, client } = this.#options;
    const answer = await client.open({
      method: 'GET',
      url: `${controllerUrl}${controllerPaths.presence}?worker_name=${encodeURIComponent(workerName)}`,
      headers: controllerHeaders(clusterSecret),
      signal,
      headersTimeout: HEADERS_TIMEOUT_MS,
    });
    for await (const _ of answer.body) {
      // Line feeds that keep the connection alive.
    }
    return answer.status === 200;
  }
}
