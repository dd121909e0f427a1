/** Whether the configured key may be sent to the configured upstream. */

/** OpenRouter, or something that stands in for it: on this machine, or under OpenRouter's path. */
export function isOpenRouterLike(baseUrl: string): boolean {
  const { hostname, pathname } = new URL(baseUrl);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return isLoopback || isOpenRouter(baseUrl) || pathname.endsWith('/api/v1');
}

export function isOpenRouter(baseUrl: string): boolean {
  return /(^|\.)openrouter\.ai$/.test(new URL(baseUrl).hostname);
}

/**
 * Several workers share one `.env`: the OpenRouter key in it must not reach a foreign server that a second worker is
 * pointed at. `undefined` when the key is held back.
 */
export function upstreamKey(apiKey: string, baseUrl: string): string | undefined {
  return apiKey.startsWith('sk-or-') && !isOpenRouterLike(baseUrl) ? undefined : apiKey;
}
