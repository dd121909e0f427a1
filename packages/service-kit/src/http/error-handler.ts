/** The only place where an error becomes an HTTP answer. */
import { OrcestatorError, toErrorBody, toOrcestatorError, type ErrorKind } from '@orcestator/protocol';
import type { ErrorRequestHandler, Request } from 'express';
import type { Logger } from '../create-logger';
import { requestIdOf } from './request-id';

/** What Express' body parsers and router throw (`http-errors`). */
interface HttpError extends Error {
  readonly status: number;
  readonly type?: string;
}

/** `expose` marks `http-errors`, the router's own is a URIError. The status inside any other error is a peer's, not ours. */
function isHttpError(error: unknown): error is HttpError {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return false;
  return error.status < 500 && ('expose' in error || error instanceof URIError);
}

/** A body parser's refusal in our words. */
function fromHttpError(error: HttpError): OrcestatorError {
  const details = { cause: error };
  if (error.type === 'entity.parse.failed') {
    return new OrcestatorError('invalid_request', 'The body is not valid JSON.', details);
  }
  if (error.status === 413) {
    return new OrcestatorError('too_large', 'The body is larger than this service accepts.', details);
  }
  if (error.type === 'request.aborted')
    return new OrcestatorError('client_gone', 'The client left.', details);
  return new OrcestatorError('invalid_request', 'The request could not be read.', details);
}

/** Maps the true status of an error to the one that a client shows. */
export type ErrorStatus = (request: Request, status: number) => number;

export function createErrorHandler(
  logger: Logger,
  errorStatus: ErrorStatus = (_request, status) => status,
  onError: (kind: ErrorKind) => void = () => undefined,
): ErrorRequestHandler {
  return function answerError(thrown: unknown, request, response, _next) {
    const error = isHttpError(thrown) ? fromHttpError(thrown) : toOrcestatorError(thrown);
    if (error.kind === 'client_gone' || response.destroyed) {
      response.destroy();
      return;
    }
    onError(error.kind);
    const level = error.status >= 500 ? 'error' : 'warn';
    logger[level](`${request.method} ${request.path} failed: ${error.message}`, {
      kind: error.kind,
      id: requestIdOf(response),
      cause: error.cause,
      stack: error.kind === 'internal' && error.cause instanceof Error ? error.cause.stack : undefined,
    });
    // A stream that has begun cannot become an error answer; a cut is the honest end.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // The type is set anew: a handler may have prepared an event stream before it failed.
    response
      .status(errorStatus(request, error.status))
      .set(error.headers)
      .type('json')
      .send(JSON.stringify(toErrorBody(error)));
  };
}
