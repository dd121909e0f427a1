/** Calls between the services that carry one JSON body: registration, heart beats, questions to the controller. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { AxiosError, type AxiosInstance } from 'axios';
import { systemClock } from '../clock';

/** The peer answered with an error status. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    url: string,
  ) {
    super(`${url} answered ${status}`);
    this.name = 'HttpStatusError';
  }
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** Kept-alive JSON calls. Throws {@link HttpStatusError}, or the network's error with its `code`. */
export interface JsonClient {
  post(url: string, body: unknown, options?: CallOptions): Promise<unknown>;
  get(url: string, options?: CallOptions): Promise<unknown>;
}

/** `timeout` in milliseconds covers the whole call. Never through a proxy: these calls stay between the services. */
export function createJsonClient(timeout: number): JsonClient {
  const client: AxiosInstance = axios.create({
    proxy: false,
    maxRedirects: 0,
    validateStatus: () => true,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  });
  const call = async (
    method: 'get' | 'post',
    url: string,
    body: unknown,
    options: CallOptions,
  ): Promise<unknown> => {
    const answer = await withinTime(timeout, options.signal, (signal) =>
      request(client, method, url, body, { ...options, signal }),
    );
    if (answer.status < 200 || answer.status > 299)
      throw new HttpStatusError(answer.status, answer.data, url);
    return answer.data;
  };
  return {
    post: (url, body, options = {}) => call('post', url, body, options),
    get: (url, options = {}) => call('get', url, undefined, options),
  };
}

async function request(
  client: AxiosInstance,
  method: 'get' | 'post',
  url: string,
  data: unknown,
  options: CallOptions,
): Promise<{ status: number; data: unknown }> {
  try {
    return await client.request<unknown>({ method, url, data, ...options });
  } catch (error) {
    // An AxiosError carries the whole request, headers with keys included: keep its message and code only.
    if (!(error instanceof AxiosError)) throw error;
    throw Object.assign(new Error(error.message || 'the call failed'), { code: error.code });
  }
}

/** axios' own `timeout` starts anew with each byte, so a peer that dribbles would hold the call for ever. */
async function withinTime<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const abort = (): void => inner.abort();
  let isLate = false;
  const timer = systemClock.after(milliseconds, () => {
    isLate = true;
    abort();
  });
  outer?.addEventListener('abort', abort, { once: true });
  if (outer?.aborted) abort();
  try {
    return await run(inner.signal);
  } catch (error) {
    if (!isLate) throw error;
    throw Object.assign(new Error(`timeout of ${milliseconds} ms exceeded`), { code: 'ETIMEDOUT' });
  } finally {
    timer.stop();
    outer?.removeEventListener('abort', abort);
  }
}
