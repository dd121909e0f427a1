/** Every service's Express application in one fixed order: id → log and metrics → routers → 404 → error handler. */
import { OrcestatorError } from '@orcestator/protocol';
import express, { type Express, type RequestHandler, type Router } from 'express';
import { createMetricsRouter } from '../create-metrics';
import { createErrorHandler, type ErrorStatus } from './error-handler';
import { createErrorMetric, observeRequests, type ObserveOptions } from './observe-requests';
import { assignRequestId } from './request-id';

export interface HttpAppOptions extends ObserveOptions {
  readonly routers: readonly (Router | RequestHandler)[];
  /** The status under which this client shows an error; the true one where absent. */
  readonly errorStatus?: ErrorStatus;
}

export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(assignRequestId, observeRequests(options), createMetricsRouter(options.registry));
  for (const router of options.routers) app.use(router);
  app.use((request) => {
    throw new OrcestatorError('route_not_found', `There is no ${request.method} ${request.path} here.`);
  });
  app.use(createErrorHandler(options.logger, options.errorStatus, createErrorMetric(options)));
  return app;
}
