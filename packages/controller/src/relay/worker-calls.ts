/** Calls to workers whose answers the controller relays: each ends with its client, with the service, or in the worker's silence. */
import type { ServerResponse } from 'node:http';
import { OrcestatorError } from '@orcestator/protocol';
import {
  clientGoneSignal,
  clusterHeaders,
  networkFailureOf,
  watchSilence,
  type Clock,
  type StreamAnswer,
  type StreamClient,
} from '@orcestator/service-kit';

export interface WorkerCallsOptions {
  readonly streams: StreamClient;
  readonly clock: Clock;
  readonly clusterSecret: string;
  /** Milliseconds a worker may send nothing. */
  readonly timeout: number;
  /** Running calls end when it aborts. */
  readonly stopSignal: AbortSignal;
}

/** What is sent to a worker. */
export interface WorkerRequest {
  readonly address: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** One call. */
export interface WorkerCall {
  clientIsGone(): boolean;
  /** Throws `worker_unreachable` or `timeout`, or the signal's reason. */
  open(request: WorkerRequest): Promise<StreamAnswer>;
  /** The answer's bytes as they come; throws as `open`. */
  read(answer: StreamAnswer): AsyncGenerator<Uint8Array>;
}

export class WorkerCalls {
  readonly #options: WorkerCallsOptions;
  readonly #running = new Set<AbortController>();

  constructor(options: WorkerCallsOptions) {
    this.#options = options;
    const { stopSignal } = options;
    stopSignal.addEventListener('abort', () => this.#abortAll(), { once: true });
  }

  /** Gives `task` a call that ends when `response` is closed by its client. */
  async run(response: ServerResponse, task: (call: WorkerCall) => Promise<void>): Promise<void> {
    const { clock, timeout } = this.#options;
    const abort = new AbortController();
    const gone = clientGoneSignal(response);
    gone.addEventListener('abort', () => abort.abort(gone.reason), { once: true });
    // While the client is slow nothing is read, which is not the worker's silence.
    let isWaiting = true;
    const silence = watchSilence(clock, timeout, () => {
      if (isWaiting) abort.abort(silenceError(timeout));
    });
    const setWaiting = (value: boolean): void => {
      isWaiting = value;
      silence.touch();
    };
    this.#running.add(abort);
    try {
      await task({
        clientIsGone: () => gone.aborted,
        open: (request) => this.#open(request, abort.signal),
        read: (answer) => read(answer, abort.signal, setWaiting),
      });
    } finally {
      silence.stop();
      this.#running.delete(abort);
    }
  }

  async #open(request: WorkerRequest, signal: AbortSignal): Promise<StreamAnswer> {
    const { streams, clusterSecret, timeout } = this.#options;
    try {
      return await streams.open({
        method: 'POST',
        url: request.address + request.path,
        headers: { ...request.headers, ...clusterHeaders(clusterSecret, request.address) },
        body: request.body,
        signal,
        headersTimeout: timeout,
      });
    } catch (error) {
      throw toCallError(error, signal);
    }
  }

  #abortAll(): void {
    const reason = new OrcestatorError('shutting_down', 'The controller is shutting down.');
    for (const abort of this.#running) abort.abort(reason);
  }
}

async function* read(
  answer: StreamAnswer,
  signal: AbortSignal,
  setWaiting: (value: boolean) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer.body) {
      setWaiting(false);
      yield chunk;
      setWaiting(true);
    }
  } catch (error) {
    throw toCallError(error, signal);
  }
}

function silenceError(timeout: number): OrcestatorError {
  return new OrcestatorError('timeout', `The worker has sent nothing for ${timeout / 1000} s.`);
}

/** The messages name no address: they may reach a client far away. */
function toCallError(error: unknown, signal: AbortSignal): OrcestatorError {
  const cause: unknown = signal.aborted ? signal.reason : error;
  if (cause instanceof OrcestatorError) return cause;
  switch (networkFailureOf(cause)) {
    case 'refused':
      return new OrcestatorError('worker_unreachable', 'The worker cannot be reached.', { cause });
    case 'timeout':
      return new OrcestatorError('timeout', 'The worker did not answer in time.', { cause });
    case 'broken':
      return new OrcestatorError('worker_unreachable', 'The worker broke the connection off.', { cause });
  }
}
