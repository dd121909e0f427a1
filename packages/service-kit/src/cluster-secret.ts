/**
 * `OR_CLUSTER_SECRET`: who may register workers and who may call them. The controller is given the secret itself; a
 * worker is given a token that is good for its own address only, so a foreign server registered as a worker learns
 * nothing that it could use elsewhere.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLUSTER_TOKEN_HEADER, OrcestatorError } from '@orcestator/protocol';
import type { RequestHandler } from 'express';

/** The token for one worker; empty when no secret is set. */
export function clusterToken(secret: string, workerAddress: string): string {
  return secret === '' ? '' : createHmac('sha256', secret).update(workerAddress).digest('hex');
}

/** The headers that let this service speak to the controller. */
export function controllerHeaders(secret: string): Record<string, string> {
  return secret === '' ? {} : { authorization: `Bearer ${secret}` };
}

/** Compares without telling by its time how much was right. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The headers that let this service speak to a worker. */
export function clusterHeaders(secret: string, workerAddress: string): Record<string, string> {
  return secret === '' ? {} : { [CLUSTER_TOKEN_HEADER]: clusterToken(secret, workerAddress) };
}

/**
 * Lets a request pass when the expected token is empty or given in `x-orcestator-cluster-token` or as a bearer. A
 * function is asked at each request: a worker knows its address, and so its token, only once its port is open. Of
 * several tokens any will do: a controller is called with the secret, and as a worker with the token for its address.
 */
export function requireClusterToken(token: string | (() => string | readonly string[])): RequestHandler {
  return function checkClusterToken(request, _response, next) {
    const expected = [typeof token === 'string' ? token : token()].flat();
    const bearer = /^bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const given = request.get(CLUSTER_TOKEN_HEADER) ?? bearer ?? '';
    if (expected.some((one) => one === '' || isSameSecret(given, one))) return next();
    throw new OrcestatorError(
      'not_permitted',
      'This service belongs to a cluster with a secret: give every service the same OR_CLUSTER_SECRET.',
    );
  };
}
