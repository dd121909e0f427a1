/** FastChat's error numbers (`constants.py`, `ErrorCode`) → our kinds; the number is kept where the table has it. */
import { ErrorCode, OrcestatorError, type ErrorKind } from '@orcestator/protocol';

const kinds: Readonly<Record<number, ErrorKind>> = {
  [ErrorCode.VALIDATION_TYPE_ERROR]: 'invalid_request',
  [ErrorCode.NO_PERMISSION]: 'upstream_forbidden',
  [ErrorCode.INVALID_MODEL]: 'model_not_found',
  [ErrorCode.PARAM_OUT_OF_RANGE]: 'param_out_of_range',
  [ErrorCode.CONTEXT_OVERFLOW]: 'context_overflow',
  [ErrorCode.RATE_LIMIT]: 'rate_limit',
  [ErrorCode.QUOTA_EXCEEDED]: 'quota_exceeded',
  [ErrorCode.ENGINE_OVERLOADED]: 'overloaded',
  [ErrorCode.INTERNAL_ERROR]: 'internal',
  [ErrorCode.CUDA_OUT_OF_MEMORY]: 'worker_out_of_memory',
  [ErrorCode.CONTROLLER_NO_WORKER]: 'no_worker',
  [ErrorCode.CONTROLLER_WORKER_TIMEOUT]: 'timeout',
};

/** `text` is the worker's own message for the client. */
export function toWorkerError(code: number, text: string): OrcestatorError {
  const message = text.trim() === '' ? `The worker failed with FastChat's error ${code}.` : text;
  return new OrcestatorError(kinds[code] ?? 'upstream_failed', message);
}
