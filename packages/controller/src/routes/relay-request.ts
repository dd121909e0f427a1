/** What the two relay routes share: who is meant, and what goes on to the worker. */
import {
  forwardedRequestHeaders,
  isRecord,
  OrcestatorError,
  parseGetWorkerAddressRequest,
  parseJson,
  pickHeaders,
  REQUEST_ID_HEADER,
  type WorkerProtocol,
} from '@orcestator/protocol';
import { requestIdOf, type Logger } from '@orcestator/service-kit';
import type { Request, Response } from 'express';
import type { Controller } from '../controller';
import type { WorkerCalls } from '../relay/worker-calls';

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
}

/** Reads the body for its model only. Throws `invalid_request`. */
export function readRelayRequest(request: Request, response: Response): RelayRequest {
  const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = {
    ...pickHeaders(request.headers, forwardedRequestHeaders),
    'content-type': 'application/json',
    [REQUEST_ID_HEADER]: requestIdOf(response),
  };
  return { model: readModel(body), headers, body };
}

/** The address of a worker that speaks the protocol. Throws `no_worker`. */
export function chooseWorker(controller: Controller, model: string, protocol: WorkerProtocol): string {
  const { address } = controller.getWorkerAddress({ model, protocol });
  if (address !== '') return address;
  const message = `No worker serves ${JSON.stringify(model)} now. Start one, or ask for a model of the list.`;
  throw new OrcestatorError('no_worker', message, { param: 'model' });
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
