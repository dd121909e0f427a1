/** The HTTP status that an upstream error means, from its numbers and, where there are none, its words. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/** Words of OpenRouter's `error_type` (openrouter.md §6.5), and those of OpenAI, Anthropic and Google for the same. */
const words: Readonly<Record<number, string>> = {
  400:
    'invalid_request invalid_request_error invalid_prompt invalid_argument invalid_image image_too_large image_too_small ' +
    'unsupported_image_format image_download_failed string_too_long context_length_exceeded max_tokens_exceeded ' +
    'token_limit_exceeded content_policy_violation failed_precondition',
  401: 'authentication authentication_error invalid_api_key unauthenticated',
  402: 'payment_required billing_error insufficient_credits',
  403: 'permission_denied permission_error',
  404: 'not_found not_found_error image_not_found model_not_found',
  413: 'payload_too_large request_too_large',
  422: 'unprocessable',
  429: 'rate_limit_exceeded rate_limit_error rate_limit too_many_requests resource_exhausted insufficient_quota',
  500: 'server server_error unmapped internal internal_server_error api_error',
  502: 'provider_unavailable',
  503: 'provider_overloaded overloaded overloaded_error unavailable service_unavailable',
  504: 'timeout timeout_error deadline_exceeded',
};

const statuses = new Map<string, number>(
  Object.entries(words).flatMap(([status, list]) =>
    list.split(' ').map((word): [string, number] => [word, Number(status)]),
  ),
);

/**
 * `error.code ?? error.http_status ?? the status line ?? a word` (openrouter.md §6.1, pitfall 23): a 200 may carry an
 * error, and `code` is a number, a numeric text or a word. `undefined` where nothing tells.
 */
export function statusOfError(error: JsonRecord, httpStatus: number | undefined): number | undefined {
  const numbers = [error.code, error.http_status, error.status, httpStatus];
  const told = [...numbers.map(errorStatus), ...errorWords(error).map((word) => statuses.get(word))];
  return told.find((status) => status !== undefined);
}

/** The words that say what kind of error it is, the most exact one first. */
export function errorWords(error: JsonRecord): string[] {
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const { code, error_type: type } = error;
  return [metadata.error_type, type, code, error.type, error.status]
    .filter((word) => typeof word === 'string')
    .map((word) => word.toLowerCase());
}

function errorStatus(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return Number.isInteger(number) && Number(number) >= 400 && Number(number) <= 599
    ? Number(number)
    : undefined;
}
