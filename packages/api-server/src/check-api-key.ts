/** `--api-keys`: who may use the gateway. No list means open, as FastChat; then any bearer, even an empty one, passes. */
import { createHash } from 'node:crypto';
import { CLIENT_HEADER, OrcestatorError } from '@orcestator/protocol';
import { isSameSecret } from '@orcestator/service-kit';
import type { RequestHandler } from 'express';

export function createApiKeyCheck(keys: readonly string[]): RequestHandler {
  const names = keys.map(keyName);
  return function checkApiKey(request, _response, next) {
    // Ours to say, never the client's.
    delete request.headers[CLIENT_HEADER];
    if (keys.length === 0) return next();
    const key = givenKey(request.headers.authorization, request.get('x-api-key'));
    if (key === '') {
      throw new OrcestatorError(
        'api_key_missing',
        'This gateway wants a key: send "Authorization: Bearer <key>" with one of its OR_CLIENT_KEYS. In VS Code a raw "apiKey" in chatLanguageModels.json is ignored; use "requestHeaders".',
      );
    }
    // Every key is compared, so that the time does not tell which was nearly right.
    const position = keys.map((candidate) => isSameSecret(key, candidate)).indexOf(true);
    if (position === -1)
      throw new OrcestatorError('api_key_wrong', "The key is not one of this gateway's OR_CLIENT_KEYS.");
    request.headers[CLIENT_HEADER] = names[position];
    return next();
  };
}

/** What the audit calls the client with this key: too short to find the key by, the same wherever the key stands in the list. */
export function keyName(key: string): string {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}

function givenKey(authorization: string | undefined, apiKey: string | undefined): string {
  return /^bearer\s+(\S.*)$/i.exec(authorization ?? '')?.[1]?.trim() ?? apiKey?.trim() ?? '';
}
