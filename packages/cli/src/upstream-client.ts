/** The way to the upstream, as the worker goes it: through the proxy of the environment, but never to this machine. */
import { createStreamClient, type StreamClient } from '@orcestator/service-kit';
import type { UpstreamAccess } from './copilot/config';

const CONNECT_TIMEOUT_MS = 4_000;
const KEEP_ALIVE_MS = 4_000;

export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

export function isOpenRouterHost(url: string): boolean {
  return URL.canParse(url) && /(^|\.)openrouter\.ai$/.test(new URL(url).hostname);
}

/** The worker's rule: an OpenRouter key goes to OpenRouter, or to what stands in for it, and nowhere else. */
export function mayHaveKey(apiKey: string, url: string): boolean {
  if (!apiKey.startsWith('sk-or-')) return true;
  return (
    isOpenRouterHost(url) ||
    isLoopbackUrl(url) ||
    (URL.canParse(url) && new URL(url).pathname.endsWith('/api/v1'))
  );
}

export function createUpstreamClient(access: Readonly<UpstreamAccess>): StreamClient {
  const { httpProxy, httpsProxy, noProxy } = access;
  return createStreamClient({
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(isLoopbackUrl(access.baseUrl) ? {} : { proxy: { httpProxy, httpsProxy, noProxy } }),
  });
}

/** For questions to our own services. */
export function createLocalClient(): StreamClient {
  return createStreamClient({ connectTimeout: CONNECT_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS });
}
