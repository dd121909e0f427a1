/** What the relay routes share: who is meant, what goes on to the worker, and another worker where one is gone. */
import {
  forwardedRequestHeaders,
  isRecord,
  OrcestatorError,
  parseGetWorkerAddressRequest,
  parseJson,
  pickHeaders,
  REQUEST_ID_HEADER,
  toOrcestatorError,
  VIA_HEADER,
  type WorkerProtocol,
} from '@orcestator/protocol';
import { requestIdOf, type Logger, type StreamAnswer } from '@orcestator/service-kit';
import type { Request, Response } from 'express';
import type { Controller } from '../controller';
import type { WorkerCall, WorkerCalls } from '../relay/worker-calls';

export interface RelayOptions {
  readonly controller: Controller;
  readonly calls: WorkerCalls;
  readonly logger: Logger;
}

/** A request to be relayed. */
export interface RelayRequest {
  readonly model: string;
  readonly headers: Record<string, string>;
  /** Goes on byte for byte. */
  readonly body: Uint8Array;
  /** The controllers that it has passed, this one included. */
  readonly via: readonly string[];
}

/** Where a request goes. */
export interface RelayTarget {
  readonly path: string;
  readonly protocol: WorkerProtocol;
}

/** Workers asked for one request at most. */
const ATTEMPTS = 3;

/** The controllers that a question has passed, by its header. */
export function readVia(request: Request): string[] {
  const text = request.get(VIA_HEADER) ?? '';
  return text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

/** Reads the body for its model only. Throws `invalid_request`, or `no_worker` for a request that was here before. */
export function readRelayRequest(request: Request, response: Response, controllerId: string): RelayRequest {
  const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const passed = readVia(request);
  if (passed.includes(controllerId)) {
    throw new OrcestatorError(
      'no_worker',
      'Controllers are registered at one another in a circle; none of them has a worker for this.',
    );
  }
  const via = [...passed, controllerId];
  const headers = {
    ...pickHeaders(request.headers, forwardedRequestHeaders),
    'content-type': 'application/json',
    [REQUEST_ID_HEADER]: requestIdOf(response),
    [VIA_HEADER]: via.join(', '),
  };
  return { model: readModel(body), headers, body, via };
}

/**
 * Opens a worker that speaks the protocol; one that cannot be reached is passed over. Throws `no_worker`, or what the
 * last one failed with.
 */
export async function openChosenWorker(
  call: WorkerCall,
  { model, headers, body, via }: RelayRequest,
  { path, protocol }: RelayTarget,
  { controller, logger }: RelayOptions,
): Promise<StreamAnswer> {
  const exclude: string[] = [];
  let failure: OrcestatorError | undefined;
  for (;;) {
    const { address } = controller.getWorkerAddress({ model, protocol, via, exclude });
    if (address === '') throw failure ?? noWorker(model);
    try {
      return await call.open({ address, path, headers, body });
    } catch (thrown) {
      failure = toOrcestatorError(thrown);
      exclude.push(address);
      // Only where nothing was taken: after a timeout the worker may be generating.
      if (failure.kind !== 'worker_unreachable' || exclude.length >= ATTEMPTS) throw failure;
      logger.warn('a worker cannot be reached; asking another one', {
        worker: address,
        cause: failure.cause,
      });
    }
  }
}

function noWorker(model: string): OrcestatorError {
  const message = `No worker serves ${JSON.stringify(model)} now. Start one, or ask for a model of the list.`;
  return new OrcestatorError('no_worker', message, { param: 'model' });
}

/** One line for an answer that ended badly after its head had gone out. */
export function logRelayFailure(logger: Logger, model: string, error: OrcestatorError): void {
  logger.warn(`a relayed answer failed: ${error.message}`, { model, kind: error.kind, cause: error.cause });
}

function readModel(body: Buffer): string {
  const parsed = parseJson(body.toString());
  if (parsed === undefined) throw new OrcestatorError('invalid_request', 'The body is not valid JSON.');
  return parseGetWorkerAddressRequest(isRecord(parsed) ? { model: parsed.model } : parsed).model;
}
