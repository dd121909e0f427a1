/** `x-request-id`: taken from the caller when sane, made otherwise, always in the answer. */
import { randomUUID } from 'node:crypto';
import { REQUEST_ID_HEADER } from '@orcestator/protocol';
import type { RequestHandler, Response } from 'express';
import { createRedact } from '../secrets';

const saneId = /^[\w.:-]{1,128}$/;
const redact = createRedact();

/** A key sent as an id by mistake would stand in every log. */
const isSane = (id: string): boolean => saneId.test(id) && redact(id) === id;

/** Sets the id on the answer and in `response.locals`. */
export const assignRequestId: RequestHandler = (request, response, next) => {
  const given = request.get(REQUEST_ID_HEADER);
  const id = given !== undefined && isSane(given) ? given : randomUUID();
  response.locals.requestId = id;
  response.setHeader(REQUEST_ID_HEADER, id);
  next();
};

/** The id of the request that this response answers. */
export function requestIdOf(response: Response): string {
  return String(response.locals.requestId ?? '');
}
