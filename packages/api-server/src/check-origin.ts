/**
 * CORS, and the wall behind it: a web page of a foreign origin may neither read answers nor spend the owner's money by
 * requests it cannot read (a POST without preflight). Programs send no Origin and are not concerned.
 */
import {
  OrcestatorError,
  REQUEST_ID_HEADER,
  SERVER_TIMING_HEADER,
  UPSTREAM_MODEL_HEADER,
} from '@orcestator/protocol';
import cors from 'cors';
import type { RequestHandler } from 'express';

/** Pages of this machine and of desktop programs: what a local gateway is for. */
const localOrigins = [
  /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/,
  /^(vscode-webview|vscode-file|app|file|tauri|capacitor):\/\//,
];

/** `allowed` as FastChat's `--allowed-origins`: origins, or `*` for all; local pages always may. */
export function createOriginCheck(allowed: readonly string[]): RequestHandler[] {
  const isAllowed = (origin: string): boolean =>
    allowed.includes('*') || allowed.includes(origin) || localOrigins.some((local) => local.test(origin));
  return [
    function refuseForeignOrigin(request, _response, next) {
      const origin = request.headers.origin;
      if (origin === undefined || isAllowed(origin)) return next();
      throw new OrcestatorError(
        'not_permitted',
        'Web pages of this origin may not use the gateway; allow it with --allowed-origins / OR_ALLOWED_ORIGINS.',
      );
    },
    cors({
      origin: (origin, answer) => answer(null, origin !== undefined && isAllowed(origin)),
      exposedHeaders: [
        REQUEST_ID_HEADER,
        UPSTREAM_MODEL_HEADER,
        SERVER_TIMING_HEADER,
        'x-generation-id',
        'retry-after',
      ],
      maxAge: 600,
    }),
  ];
}
