/** A worker that answers as the test says. */
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { startApp } from '@orcestator/service-kit/testing';

/** What the worker was asked. */
export interface StubCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type StubHandler = (response: ServerResponse, call: StubCall) => void;

export interface StubWorker {
  readonly url: string;
  readonly calls: StubCall[];
  close(): Promise<void>;
}

/** Handlers by path; any other path is answered 404. */
export async function startStubWorker(handlers: Readonly<Record<string, StubHandler>>): Promise<StubWorker> {
  const calls: StubCall[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const call = { path, headers, body: Buffer.concat(pieces).toString() };
      calls.push(call);
      const handler = handlers[path];
      if (handler) handler(response, call);
      else response.writeHead(404).end();
    });
  };
  const listening = await startApp(listener);
  return { url: listening.url, calls, close: () => listening.close() };
}

/** Answers JSON. */
export function answerJson(value: unknown): StubHandler {
  return (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
