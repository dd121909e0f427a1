/** Calls whose answer is a stream: API server → worker and worker → upstream. undici: axios costs about a fifth more CPU here. */
import type { Socket } from 'node:net';
import { Agent, EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { AnswerBody } from './answer-body';
import { createConnector } from './small-reads';
import type { StreamBody } from './stream-body';

export interface StreamRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | string;
  /** Closes the connection at once, before or after the answer's head. */
  readonly signal: AbortSignal;
  /** Milliseconds to wait for the answer's head. */
  readonly headersTimeout: number;
}

export interface StreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Must be read, discarded or destroyed, or the connection is lost. */
  readonly body: StreamBody;
}

export interface StreamClient {
  open(request: StreamRequest): Promise<StreamAnswer>;
  close(): Promise<void>;
}

/** Proxy addresses as the environment gives them; empty = none. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

export interface StreamClientOptions {
  /** Milliseconds to establish a connection. */
  readonly connectTimeout: number;
  /** Milliseconds an idle connection is kept: below the peer's own limit, or a request meets a closing socket (pitfall 18). */
  readonly keepAliveTimeout: number;
  /** Absent: never through a proxy. */
  readonly proxy?: ProxySettings;
}

export function createStreamClient(options: StreamClientOptions): StreamClient {
  // undici begins to connect for a request while it takes the request.
  let taken: Call | undefined;
  const dispatcher = createDispatcher(options, (socket) => taken?.onConnecting(socket));
  return {
    open: (request) =>
      new Promise((resolve, reject) => {
        request.signal.throwIfAborted();
        const call = new Call(request.signal, resolve, reject);
        const { url, method, headers, body, headersTimeout } = request;
        const { origin, pathname, search } = new URL(url);
        // The body has no timeout of its own here: whoever reads the stream knows what silence means.
        const sent = { method, headers, body: body ?? null, headersTimeout, bodyTimeout: 0 };
        taken = call;
        try {
          dispatcher.dispatch({ ...sent, origin, path: pathname + search }, call);
        } finally {
          taken = undefined;
        }
      }),
    close: () => dispatcher.destroy(),
  };
}

/** One request under way, as undici tells of it. */
class Call implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #resolve: (answer: StreamAnswer) => void;
  readonly #reject: (error: Error) => void;
  /** A connection that is made for this request. */
  #connecting: Socket | undefined;
  #control: Dispatcher.DispatchController | undefined;
  #body: AnswerBody | undefined;

  constructor(signal: AbortSignal, resolve: (answer: StreamAnswer) => void, reject: (error: Error) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#giveUp, { once: true });
  }

  onConnecting(socket: Socket): void {
    this.#connecting = socket;
  }

  onRequestStart(control: Dispatcher.DispatchController): void {
    this.#connecting = undefined;
    this.#control = control;
    if (this.#signal.aborted) control.abort(this.#reason());
  }

  onResponseStart(
    control: Dispatcher.DispatchController,
    status: number,
    headers: StreamAnswer['headers'],
  ): void {
    // An interim answer (RFC 9110 §15.2) says nothing to us.
    if (status < 200) return;
    // They are views of the socket's first 64 KiB, which would be held for as long as the answer lasts.
    control.rawHeaders = null;
    this.#body = new AnswerBody(control);
    this.#resolve({ status, headers, body: this.#body });
  }

  onResponseData(_control: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onResponseEnd(): void {
    this.#settle();
    this.#body?.end();
  }

  onResponseError(_control: Dispatcher.DispatchController, error: Error): void {
    this.#settle();
    if (this.#body) this.#body.fail(error, { isOurs: false });
    else this.#reject(error);
  }

  /** undici minds an abort only once the request has a connection; here it ends the wait at once. */
  readonly #giveUp = (): void => {
    if (this.#body) this.#body.fail(this.#reason());
    else {
      this.#control?.abort(this.#reason());
      // Nobody else waits for it: there is one request to a connection. Not without an error, which undici waits for.
      this.#connecting?.destroy(this.#reason());
      this.#reject(this.#reason());
    }
  };

  #reason(): Error {
    return this.#signal.reason as Error;
  }

  #settle(): void {
    this.#signal.removeEventListener('abort', this.#giveUp);
  }
}

function createDispatcher(
  { connectTimeout, keepAliveTimeout, proxy }: StreamClientOptions,
  onConnecting: (socket: Socket) => void,
): Dispatcher {
  // No limit on connections: each stream occupies one, and a queue here would be invisible.
  const agent = {
    connect: createConnector(connectTimeout, onConnecting),
    keepAliveTimeout,
    pipelining: 1,
  };
  if (!proxy || (proxy.httpProxy === '' && proxy.httpsProxy === '')) return new Agent(agent);
  return new EnvHttpProxyAgent({
    ...agent,
    ...proxy,
    // On the way to a proxy undici takes the time to connect from here only, even where there is no TLS …
    proxyTls: { timeout: connectTimeout },
    // … and waits 5 min for a proxy that does not answer.
    clientFactory: (origin, pool) => new Pool(origin, { ...pool, headersTimeout: connectTimeout }),
  });
}
