/** An offline OpenRouter as one request listener: routes, keys, bookkeeping. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isRecord, parseJson } from '@orcestator/protocol';
import { chat, generationIdFor } from './api/chat';
import { createFreeTier } from './api/free-tier';
import { completions } from './api/completions';
import type { ApiRequest, Handler } from './api/handler';
import * as endpoints from './api/other-endpoints';
import { checkKey } from './api/validate';
import { createBookkeeping, type RecordedRequest } from './bookkeeping';
import { withDefaults, type SimulatorOptions } from './options';
import { ClientGoneError, Reply } from './reply';

export interface Simulator {
  readonly listener: RequestListener;
  /** What was asked of the API, oldest first; the records go on changing while their requests run. */
  readonly requests: readonly RecordedRequest[];
  reset(): void;
  /** Connections with a request under way, idle ones not; over HTTP the one that asks counts itself. */
  connections(): number;
}

interface Route {
  readonly handler: Handler;
  readonly needsKey: boolean;
}

const open = (handler: Handler): Route => ({ handler, needsKey: false });
const keyed = (handler: Handler): Route => ({ handler, needsKey: true });

const routes: Readonly<Record<string, Route>> = {
  'POST /api/v1/chat/completions': keyed(chat),
  'POST /api/v1/completions': keyed(completions),
  'POST /api/v1/embeddings': keyed(endpoints.embeddings),
  'GET /api/v1/models': open(endpoints.models),
  'GET /api/v1/models/user': keyed(endpoints.models),
  'GET /api/v1/key': keyed(endpoints.key),
  'GET /api/v1/auth/key': keyed(endpoints.key),
  'GET /api/v1/credits': keyed(endpoints.credits),
  'GET /api/v1/generation': keyed(endpoints.generation),
  'GET /api/v1/providers': open(endpoints.providers),
  'GET /sim/requests': open(endpoints.simRequests),
  'GET /sim/connections': open(endpoints.simConnections),
  'POST /sim/reset': open(endpoints.simReset),
  'GET /health': open(endpoints.health),
};

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = withDefaults(options);
  const bookkeeping = createBookkeeping();
  const freeTier = createFreeTier(settings);
  let count = 0;
  let running = 0;
  const reset = (): void => {
    bookkeeping.reset();
    freeTier.reset();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readText(request);
    const now = settings.clock.now().getTime();
    const created = Math.floor(now / 1000);
    const url = new URL(request.url ?? '/', 'http://simulator');
    const body = parseJson(text);
    const record = createRecord({
      id: (count += 1),
      request,
      url,
      text,
      body,
      now,
      generationId: generationIdFor({ created, settings }),
    });
    if (isApiPath(url.pathname)) bookkeeping.add(record);
    watchEnd(response, record, () => settings.clock.now().getTime());
    const api: ApiRequest = {
      body,
      query: url.searchParams,
      record,
      created,
      settings,
      freeTier,
      bookkeeping,
      openConnections: () => running,
      reply: (modifiers = {}) => new Reply(response, record, modifiers, settings.clock),
      reset,
    };
    await dispatch(api, `${request.method} ${url.pathname}`, request.headers.authorization);
  };

  return {
    requests: bookkeeping.requests,
    reset,
    connections: () => running,
    listener: (request, response) => {
      running += 1;
      response.once('close', () => (running -= 1));
      answer(request, response).catch((error: unknown) => {
        // A client that left is bookkeeping, not an error; anything else is a bug that must show.
        if (!(error instanceof ClientGoneError) && !response.destroyed) response.destroy(error as Error);
      });
    },
  };
}

async function dispatch(api: ApiRequest, name: string, authorization: string | undefined): Promise<void> {
  const route = routes[name] ?? open(isApiPath(api.record.path) ? endpoints.notFound : endpoints.website);
  const refused = route.needsKey ? checkKey(authorization, api.settings) : undefined;
  if (refused) return api.reply().json(refused.status, refused.body);
  await route.handler(api);
}

const isApiPath = (path: string): boolean => path.startsWith('/api/v1/') || path === '/api/v1';

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

interface RecordParts {
  readonly id: number;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly text: string;
  readonly body: unknown;
  readonly now: number;
  readonly generationId: string;
}

function createRecord({ id, request, url, text, body, now, generationId }: RecordParts): RecordedRequest {
  const fields = isRecord(body) ? body : {};
  return {
    id,
    method: request.method ?? 'GET',
    path: url.pathname,
    headers: request.headers,
    body: text,
    bodyBytes: Buffer.byteLength(text),
    generationId,
    model: typeof fields.model === 'string' ? fields.model : '',
    isStream: fields.stream === true,
    startedAt: now,
    eventTimes: [],
    outcome: 'running',
    bytesSent: 0,
    promptTokens: 0,
    completionTokens: 0,
    reasoningTokens: 0,
    finishReason: null,
    generationAsked: 0,
  };
}

function watchEnd(response: ServerResponse, record: RecordedRequest, now: () => number): void {
  response.once('close', () => {
    record.endedAt = now();
    if (response.writableEnded || record.outcome === 'reset') return;
    record.abortedAt = record.endedAt;
    // `done-linger` has said everything before the client leaves.
    if (record.outcome !== 'completed') record.outcome = 'cancelled';
  });
}
