/** The one shape in which an error is written: OpenAI's and FastChat's dialects in one JSON object. */
import { errorTable, type OrcestatorError } from './errors';
import { isRecord } from './json';

/** OpenAI's `error` object. */
export interface OpenAiError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** Body of an error answer: OpenAI clients read `error`, FastChat's read `object`, `message`, `code`. */
export interface ErrorBody {
  error: OpenAiError;
  object: 'error';
  message: string;
  /** FastChat's `ErrorCode` number. */
  code: number;
}

/** OpenAI's `error` object of an error, also used for the error frame inside a stream. */
export function toOpenAiError(error: OrcestatorError): OpenAiError {
  return { message: error.message, type: errorTable[error.kind].type, param: error.param, code: error.code };
}

/** The whole error body (FastChat: `create_error_response`, OpenAI: `{error}`). */
export function toErrorBody(error: OrcestatorError): ErrorBody {
  return {
    error: toOpenAiError(error),
    object: 'error',
    message: error.message,
    code: errorTable[error.kind].errorCode,
  };
}

/** The message inside somebody's error body, whatever its dialect; `undefined` when there is none. */
export function readErrorMessage(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const candidates = [isRecord(body.error) ? body.error.message : body.error, body.message, body.detail];
  return candidates.find((text): text is string => typeof text === 'string' && text.trim() !== '');
}
