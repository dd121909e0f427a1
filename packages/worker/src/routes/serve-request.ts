/** What every route that asks the upstream needs: the body, who asks, and when to stop. */
import { OrcestatorError } from '@orcestator/protocol';
import { clientGoneSignal, requestIdOf, whenAborted } from '@orcestator/service-kit';
import { json, type RequestHandler, type Response } from 'express';
import type { GenerateContext } from '../kinds/worker-kind';

export interface RouteOptions {
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly stopSignal: AbortSignal;
}

export type Serve = (body: unknown, response: Response, context: GenerateContext) => Promise<void>;

/** The handlers of one path. */
export function serveRequest({ bodyLimit, stopSignal }: RouteOptions, serve: Serve): RequestHandler[] {
  return [
    json({ limit: bodyLimit, type: () => true }),
    async (request, response) => {
      const signal = joinStop(clientGoneSignal(response), stopSignal);
      const context = { requestId: requestIdOf(response), headers: request.headers, signal: signal.signal };
      try {
        await serve(request.body, response, context);
      } finally {
        signal.release();
      }
    },
  ];
}

/** One signal for "the client has left" and "the service stops"; `AbortSignal.any` would keep each one alive. */
function joinStop(clientGone: AbortSignal, stop: AbortSignal): { signal: AbortSignal; release: () => void } {
  const joined = new AbortController();
  // Both may have aborted before: a packed body is unpacked in turns of its own, and the client may leave meanwhile.
  whenAborted(clientGone, () => joined.abort(clientGone.reason));
  const release = whenAborted(stop, () =>
    joined.abort(new OrcestatorError('shutting_down', 'The worker is shutting down; ask again.')),
  );
  return { signal: joined.signal, release };
}
