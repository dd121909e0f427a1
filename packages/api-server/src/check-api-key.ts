/** `--api-keys`: who may use the gateway. No list means open, as FastChat; then any bearer, even an empty one, passes. */
import { OrcestatorError } from '@orcestator/protocol';
import { isSameSecret } from '@orcestator/service-kit';
import type { RequestHandler } from 'express';

export function createApiKeyCheck(keys: readonly string[]): RequestHandler {
  return function checkApiKey(request, _response, next) {
    if (keys.length === 0) return next();
    const key = givenKey(request.headers.authorization, request.get('x-api-key'));
    if (key === '') {
      throw new OrcestatorError(
        'api_key_missing',
        'This gateway wants a key: send "Authorization: Bearer <key>" with one of its OR_CLIENT_KEYS. In VS Code a raw "apiKey" in chatLanguageModels.json is ignored; use "requestHeaders".',
      );
    }
    // Every key is compared, so that the time does not tell which was nearly right.
    const isKnown = keys.map((candidate) => isSameSecret(key, candidate)).includes(true);
    if (!isKnown)
      throw new OrcestatorError('api_key_wrong', "The key is not one of this gateway's OR_CLIENT_KEYS.");
    return next();
  };
}

function givenKey(authorization: string | undefined, apiKey: string | undefined): string {
  return /^bearer\s+(\S.*)$/i.exec(authorization ?? '')?.[1]?.trim() ?? apiKey?.trim() ?? '';
}
