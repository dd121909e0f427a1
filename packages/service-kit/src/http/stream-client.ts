/** Calls whose answer is a stream: API server → worker and worker → upstream. undici: axios costs about a fifth more CPU here. */
import type { Readable } from 'node:stream';
import { Agent, EnvHttpProxyAgent, Pool, request, type Dispatcher } from 'undici';

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
  /** Must be read or destroyed, or the connection is lost. */
  readonly body: Readable;
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

/** Bytes of a body that wait for their reader: enough for the hop, little for a client that has stopped reading. */
const HIGH_WATER_MARK = 16 * 1024;

export function createStreamClient(options: StreamClientOptions): StreamClient {
  const dispatcher = createDispatcher(options);
  return {
    open: async ({ url, headersTimeout, ...rest }) => {
      // The body has no timeout of its own here: whoever reads the stream knows what silence means.
      const call = request(url, {
        ...rest,
        headersTimeout,
        bodyTimeout: 0,
        highWaterMark: HIGH_WATER_MARK,
        dispatcher,
      });
      const answer = await untilAborted(rest.signal, call);
      // Whoever reads the body meets its error; without a listener a body that is given up would end the process.
      answer.body.on('error', () => undefined);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    close: () => dispatcher.destroy(),
  };
}

/** undici minds the signal of a request only once it has a connection; here an abort ends the wait at once. */
function untilAborted<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    const settle = (): void => signal.removeEventListener('abort', giveUp);
    void call.finally(settle).then(resolve, reject);
  });
}

function createDispatcher({ connectTimeout, keepAliveTimeout, proxy }: StreamClientOptions): Dispatcher {
  // No limit on connections: each stream occupies one, and a queue here would be invisible.
  const agent = { connect: { timeout: connectTimeout }, keepAliveTimeout, pipelining: 1 };
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
