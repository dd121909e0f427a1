/** The request's id as the upstream gets it, so that one id finds a request there too. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';

/**
 * In `trace`, which OpenRouter hands to the account's observability tools (openrouter.md §3.1) and to no provider. Not in
 * `metadata`: OpenAI answers 400 to it without `store`. What the client has set there stays. Only for OpenRouter and what
 * stands in for it: strict servers refuse fields that they do not know.
 */
export function withTrace(body: JsonRecord, requestId: string, baseUrl: string): JsonRecord {
  if (!speaksOpenRouter(baseUrl)) return body;
  if (body.trace !== undefined && !isRecord(body.trace)) return body;
  return { ...body, trace: { trace_id: requestId, request_id: requestId, ...body.trace } };
}

function speaksOpenRouter(baseUrl: string): boolean {
  const { hostname, pathname } = new URL(baseUrl);
  return /(^|\.)openrouter\.ai$/.test(hostname) || pathname.endsWith('/api/v1');
}
