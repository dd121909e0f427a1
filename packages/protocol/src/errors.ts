/** Everything that can go wrong and what each becomes on the wire. Adding a failure is one line in `errorTable`. */
import { ErrorCode } from './error-codes';

interface ErrorRow {
  /** HTTP status when nothing was sent yet. */
  readonly status: number;
  /** FastChat's number, for clients of that dialect. */
  readonly errorCode: ErrorCode;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** OpenAI's `error.code`, `null` where OpenAI gives none. */
  readonly code: string | null;
}

const row = (status: number, errorCode: ErrorCode, type: string, code: string | null = null): ErrorRow => ({
  status,
  errorCode,
  type,
  code,
});

/** Kind of failure → HTTP status, FastChat code, OpenAI type and code. Documented in docs/errors.md (a test compares). */
export const errorTable = {
  invalid_request: row(400, ErrorCode.VALIDATION_TYPE_ERROR, 'invalid_request_error'),
  param_out_of_range: row(400, ErrorCode.PARAM_OUT_OF_RANGE, 'invalid_request_error'),
  context_overflow: row(400, ErrorCode.CONTEXT_OVERFLOW, 'invalid_request_error', 'context_length_exceeded'),
  content_policy: row(
    400,
    ErrorCode.VALIDATION_TYPE_ERROR,
    'invalid_request_error',
    'content_policy_violation',
  ),
  api_key_missing: row(401, ErrorCode.INVALID_AUTH_KEY, 'invalid_request_error', 'invalid_api_key'),
  api_key_wrong: row(401, ErrorCode.INCORRECT_AUTH_KEY, 'invalid_request_error', 'invalid_api_key'),
  not_permitted: row(403, ErrorCode.NO_PERMISSION, 'permission_error'),
  model_not_found: row(404, ErrorCode.INVALID_MODEL, 'invalid_request_error', 'model_not_found'),
  route_not_found: row(404, ErrorCode.VALIDATION_TYPE_ERROR, 'invalid_request_error', 'unknown_url'),
  too_large: row(413, ErrorCode.VALIDATION_TYPE_ERROR, 'invalid_request_error', 'request_too_large'),
  rate_limit: row(429, ErrorCode.RATE_LIMIT, 'rate_limit_error', 'rate_limit_exceeded'),
  quota_exceeded: row(429, ErrorCode.QUOTA_EXCEEDED, 'rate_limit_error', 'insufficient_quota'),
  client_gone: row(499, ErrorCode.INTERNAL_ERROR, 'server_error', 'client_closed_request'),
  internal: row(500, ErrorCode.INTERNAL_ERROR, 'server_error'),
  worker_out_of_memory: row(500, ErrorCode.CUDA_OUT_OF_MEMORY, 'server_error', 'out_of_memory'),
  upstream_failed: row(502, ErrorCode.UPSTREAM_ERROR, 'server_error', 'upstream_error'),
  upstream_key_rejected: row(502, ErrorCode.UPSTREAM_ERROR, 'server_error', 'upstream_key_rejected'),
  upstream_credits: row(502, ErrorCode.UPSTREAM_ERROR, 'server_error', 'upstream_insufficient_credits'),
  upstream_forbidden: row(502, ErrorCode.UPSTREAM_ERROR, 'server_error', 'upstream_forbidden'),
  worker_unreachable: row(502, ErrorCode.CONTROLLER_NO_WORKER, 'server_error', 'worker_unreachable'),
  no_worker: row(503, ErrorCode.CONTROLLER_NO_WORKER, 'server_error', 'no_worker'),
  controller_unreachable: row(503, ErrorCode.CONTROLLER_NO_WORKER, 'server_error', 'controller_unreachable'),
  overloaded: row(503, ErrorCode.ENGINE_OVERLOADED, 'server_error', 'overloaded'),
  shutting_down: row(503, ErrorCode.ENGINE_OVERLOADED, 'server_error', 'shutting_down'),
  timeout: row(504, ErrorCode.CONTROLLER_WORKER_TIMEOUT, 'server_error', 'timeout'),
} satisfies Record<string, ErrorRow>;

/** Name of a failure in {@link errorTable}. */
export type ErrorKind = keyof typeof errorTable;

/** What an error carries besides its message. */
export interface ErrorDetails {
  /** The request field at fault, as OpenAI's `error.param`. */
  readonly param?: string;
  /** Overrides the table's OpenAI `error.code` where the cause has a better word. */
  readonly code?: string;
  /** Answer headers such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What really happened: for the log, never for the client. */
  readonly cause?: unknown;
  /** The same request may succeed a little later, and asking again costs nothing twice. Decided where the error is made. */
  readonly isRetryable?: boolean;
  /** The peer may have taken the request before the connection broke: each further attempt is perhaps paid for as well. */
  readonly mayCostTwice?: boolean;
  /** Milliseconds to wait before asking again, where the peer said so. */
  readonly retryAfter?: number;
}

/** The only error that reaches a client with its own message; anything else is answered as `internal`. */
export class OrcestatorError extends Error {
  readonly kind: ErrorKind;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly isRetryable: boolean;
  readonly mayCostTwice: boolean;
  readonly retryAfter: number | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OrcestatorError';
    this.kind = kind;
    this.param = details.param ?? null;
    this.code = details.code ?? errorTable[kind].code;
    this.headers = details.headers ?? {};
    this.isRetryable = details.isRetryable ?? false;
    this.mayCostTwice = details.mayCostTwice ?? false;
    this.retryAfter = details.retryAfter;
  }

  /** HTTP status when nothing was sent yet. */
  get status(): number {
    return errorTable[this.kind].status;
  }
}

/** Any thrown value as an {@link OrcestatorError}; what we did not foresee keeps its text in `cause` only. */
export function toOrcestatorError(error: unknown): OrcestatorError {
  if (error instanceof OrcestatorError) return error;
  return new OrcestatorError('internal', 'Internal error; the log of the service has the details.', {
    cause: error,
  });
}
