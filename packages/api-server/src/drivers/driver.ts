/** The seam between "this model" and "a worker of this protocol": one driver a protocol, in a table. */
import type { JsonRecord, OrcestatorError, WorkerProtocol } from '@orcestator/protocol';
import type { ServerTiming, StreamAnswer } from '@orcestator/service-kit';

/** What a client may want of a model. `apiChat` is FastChat's own `/api/v1/chat/completions`. */
export type Operation = 'chat' | 'apiChat' | 'completion' | 'embeddings';

/** A client's request, ready to be put to a worker of any protocol. */
export interface ModelRequest {
  readonly operation: Operation;
  readonly model: string;
  readonly isStream: boolean;
  /** Where a worker that speaks OpenAI's protocol answers it. */
  readonly path: string;
  /** The body for such a worker: the client's bytes. */
  readonly body: Buffer;
  /** The body read anew: nobody keeps the parsed form of a large conversation while its answer runs. */
  readonly fields: () => JsonRecord;
  /** Headers of the client that a worker may see. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the client has left or the service stops. */
  readonly signal: AbortSignal;
  /** Milliseconds the worker may take to begin its answer. */
  readonly firstByteTimeout: number;
  readonly timing: ServerTiming;
  /** To be told by a driver that ends a broken stream itself. */
  readonly onBroken: (cause?: unknown) => void;
  /** To be called by a driver whose worker does not end its answer after `OR_TOTAL_TIMEOUT` itself. */
  readonly endAfterTotal: () => void;
}

/** An answer in OpenAI's form. */
export interface WorkerAnswer extends StreamAnswer {
  /** As a worker of ours sends it, which is never silent for more than 10 s. Any other is watched by its driver. */
  readonly isOurs?: boolean;
}

export interface ProtocolDriver {
  /**
   * Asks the worker. The answer has OpenAI's form whatever the protocol is. Throws an `OrcestatorError` where no worker
   * would do better, the network's error, a {@link WorkerRefusal} or a {@link WorkerStatusError}
   * where another one might.
   */
  open(request: ModelRequest, address: string): Promise<WorkerAnswer>;
  /** The worker failed: whatever was remembered of it may be out of date. */
  forget?(address: string): void;
}

/** A new protocol is a new row. */
export type Drivers = Readonly<Record<WorkerProtocol, ProtocolDriver>>;

/** A failure of the worker's own before its answer: another worker may do better, the client reads `error` otherwise. */
export class WorkerRefusal extends Error {
  constructor(readonly error: OrcestatorError) {
    super(error.message, { cause: error });
    this.name = 'WorkerRefusal';
  }
}

/** A worker's error status that says nothing about the request: another worker may do better. */
export class WorkerStatusError extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
    /** For the log. */
    said?: string,
  ) {
    super(`the worker answered ${status} to ${path}${said === undefined ? '' : `: ${said}`}`);
    this.name = 'WorkerStatusError';
  }
}
