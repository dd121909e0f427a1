/** The smallest controller and workers for this package's tests, over real HTTP. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  createJsonClient,
  createStreamClient,
  type Listening,
  type ServiceKit,
} from '@orcestator/service-kit';
import { createTestKit, startApp } from '@orcestator/service-kit/testing';
import { Registry } from 'prom-client';
import { createApiServerApp, type ApiServerAppOptions } from '../app';
import { createControllerClient } from '../controller-client';

/** A controller that answers from a list. */
export interface FakeController {
  readonly url: string;
  /** Model → addresses in the order in which they are given out. */
  readonly workers: Map<string, string[]>;
  /** Bodies of `/get_worker_address`. */
  readonly asked: { model: string; exclude?: string[] }[];
  /** Of all workers; `undefined` as FastChat's controller, which does not carry them. */
  protocols: readonly string[] | undefined;
  /** As FastChat's controller: each question is answered with the next address, whatever it excludes. */
  knowsExclude: boolean;
  readonly close: () => Promise<void>;
}

export async function startFakeController(): Promise<FakeController> {
  const workers = new Map<string, string[]>();
  const asked: FakeController['asked'] = [];
  const controller: Omit<FakeController, 'url' | 'close'> = {
    workers,
    asked,
    protocols: ['openai'],
    knowsExclude: true,
  };
  const app = await startApp((request, response) => {
    void readBody(request).then((body) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/list_models')
        return response.end(JSON.stringify({ models: [...workers.keys()] }));
      const question = JSON.parse(body) as { model: string; exclude?: string[] };
      const addresses = workers.get(question.model) ?? [];
      const address = controller.knowsExclude
        ? (addresses.find((one) => !question.exclude?.includes(one)) ?? '')
        : (addresses[asked.length % addresses.length] ?? '');
      asked.push(question);
      return response.end(JSON.stringify({ address, protocols: controller.protocols }));
    });
  });
  return Object.assign(controller, { url: app.url, close: app.close });
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Opens whatever a test needs and closes it afterwards. */
export class Stage {
  #open: (() => Promise<void>)[] = [];
  kit: ServiceKit = createTestKit();

  async app(listener: RequestListener): Promise<Listening> {
    const listening = await startApp(listener);
    this.#open.push(listening.close);
    return listening;
  }

  /** A worker whose chat route is the given function. */
  async worker(chat: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listening> {
    return this.app(chat);
  }

  async controller(): Promise<FakeController> {
    const controller = await startFakeController();
    this.#open.push(controller.close);
    return controller;
  }

  /** The API server under test; any option can be replaced. */
  async apiServer(controllerUrl: string, options: Partial<ApiServerAppOptions> = {}): Promise<Listening> {
    const client = createStreamClient({ connectTimeout: 2_000, keepAliveTimeout: 1_000 });
    this.#open.push(() => client.close());
    const controller = createControllerClient({
      controllerUrl,
      clusterSecret: '',
      client: createJsonClient(2_000),
      clock: this.kit.clock,
      standInTime: 60_000,
    });
    return this.app(
      createApiServerApp({
        controller,
        client,
        clusterSecret: '',
        clientKeys: [],
        allowedOrigins: [],
        bodyLimit: 50 * 1024 * 1024,
        workerApiTimeout: 5_000,
        totalTimeout: 1_800_000,
        kit: { ...this.kit, registry: new Registry() },
        ...options,
      }),
    );
  }

  async close(): Promise<void> {
    for (const close of this.#open.reverse()) await close();
    this.#open = [];
    this.kit = createTestKit();
  }
}

/** A chat request as a client sends it. */
export function chatBody(fields: object = {}): string {
  return JSON.stringify({
    model: 'orcestator',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    ...fields,
  });
}

export function postChat(url: string, body: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, { method: 'POST', body, ...init });
}
