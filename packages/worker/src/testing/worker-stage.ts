/** A worker with a scripted upstream, over real HTTP, for this package's tests. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Listening, type Service, type ServiceKit } from '@orcestator/service-kit';
import { createTestKit, eventually, startApp } from '@orcestator/service-kit/testing';
import { checkWorkerConfig, workerTable } from '../config';
import { workerDefinition } from '../definition';

/** What the upstream was asked. */
export interface UpstreamRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: { model: string; stream: boolean; [field: string]: unknown };
  readonly path: string;
  /** The worker closed the connection before the answer was complete. */
  isAborted: boolean;
}

export type Script = (response: ServerResponse, request: UpstreamRequest) => void;

export class WorkerStage {
  readonly upstream: UpstreamRequest[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'worker-'));
  readonly #open: (() => Promise<void> | undefined)[] = [];
  script: Script = (response) => void response.end();
  /** The upstream's list of models; `undefined` = it has none. */
  models: readonly object[] | undefined = [];
  /** How often the list was asked for. */
  listsAsked = 0;
  url = '';

  /** Starts upstream and worker; `env` and `kit` replace parts of the worker's settings. */
  async start(env: Record<string, string> = {}, kit: Partial<ServiceKit> = {}): Promise<void> {
    const upstream = await this.#listen(this.#answer);
    const loaded = loadConfig(
      workerDefinition.description,
      workerTable,
      {
        argv: [],
        env: {
          OR_API_KEY: 'sk-or-v1-testkey',
          OR_LOG_FILE: this.logFile,
          OR_BASE_URL: `${upstream.url}/api/v1`,
          OR_MAX_RETRIES: '0',
          ...env,
        },
        dotEnv: {},
      },
      checkWorkerConfig,
    );
    if (!loaded.ok) throw new Error(loaded.output);
    const service: Service = workerDefinition.create(loaded.config, createTestKit(kit));
    this.#open.push(() => service.stopped?.());
    this.url = (await this.#listen(service.listener)).url;
  }

  get logFile(): string {
    return join(this.#folder, 'traffic.log');
  }

  /** The rows of the traffic log without its header, as fields. */
  rows(): string[][] {
    if (!existsSync(this.logFile)) return [];
    return readFileSync(this.logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'));
  }

  /** The same once there are so many: an answer does not wait long for a slow disk. */
  async recorded(count = 1): Promise<string[][]> {
    await eventually(() => this.rows().length >= count);
    return this.rows();
  }

  chat(fields: object = {}, init: RequestInit = {}): Promise<Response> {
    const body = { model: 'orcestator', messages: [{ role: 'user', content: 'hi' }], ...fields };
    return fetch(`${this.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body), ...init });
  }

  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { method: 'POST', body: JSON.stringify(body), ...init });
  }

  async close(): Promise<void> {
    for (const close of this.#open.reverse()) await close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listen(listener: RequestListener): Promise<Listening> {
    const listening = await startApp(listener);
    this.#open.push(listening.close);
    return listening;
  }

  readonly #answer: RequestListener = (request, response) => {
    // The price of a cancelled answer: not known here.
    if (request.url?.startsWith('/api/v1/generation')) return void response.writeHead(404).end();
    if (request.method === 'GET') {
      this.listsAsked += 1;
      response.statusCode = this.models ? 200 : 404;
      response.end(JSON.stringify({ data: this.models }));
      return;
    }
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(pieces).toString()) as UpstreamRequest['body'];
      const seen: UpstreamRequest = {
        headers: request.headers,
        body,
        path: request.url ?? '',
        isAborted: false,
      };
      this.upstream.push(seen);
      response.on('close', () => (seen.isAborted = !response.writableEnded));
      this.script(response, seen);
    });
  };
}

/** Begins an event stream as OpenRouter does. */
export function eventStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, {
    'content-type': 'text/event-stream',
    'x-generation-id': 'gen-1',
    'set-cookie': '__cf_bm=x',
  });
}
