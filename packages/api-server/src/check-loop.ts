/** Refuses a request that this gateway has sent itself: somebody registered the gateway as a worker of its own. */
import { OrcestatorError, VIA_HEADER } from '@orcestator/protocol';
import type { RequestHandler } from 'express';

/** `id` tells this API server from others. The header goes on to the worker with the request. */
export function createLoopCheck(id: string): RequestHandler {
  return function refuseLoop(request, _response, next) {
    const passed = request.get(VIA_HEADER)?.split(/\s*,\s*/) ?? [];
    request.headers[VIA_HEADER] = [...passed, id].join(', ');
    if (!passed.includes(id)) return next();
    // The word makes the API server that asked try another worker.
    throw new OrcestatorError(
      'no_worker',
      'The gateway is registered as a worker of its own. Take it off the list: orcestator unregister.',
    );
  };
}
