/** `POST /receive_heart_beat`: `exist: false` asks the worker to register again. */
import { controllerPaths, parseHeartBeatRequest, type HeartBeatAnswer } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';
import { controlBody } from './body-parsers';

export function createReceiveHeartBeatRouter(controller: Controller): Router {
  const router = Router();
  router.post(controllerPaths.receiveHeartBeat, controlBody, (request, response) => {
    const exist = controller.receiveHeartBeat(parseHeartBeatRequest(request.body));
    response.json({ exist } satisfies HeartBeatAnswer);
  });
  return router;
}
