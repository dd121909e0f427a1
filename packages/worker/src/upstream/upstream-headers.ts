/** The headers of a request to the upstream: the gateway's own key, never anything of the client's credentials. */
import { CLIENT_HEADER, forwardedRequestHeaders, pickHeaders, VIA_HEADER } from '@orcestator/protocol';

export interface UpstreamHeaderOptions {
  /** Empty where the upstream wants no key. */
  readonly apiKey: string;
  /** For OpenRouter's app attribution (`HTTP-Referer`, `X-OpenRouter-Title`). */
  readonly appUrl: string;
  readonly appTitle: string;
}

/** Node's headers are Latin-1 at most: anything beyond printable ASCII is dropped (pitfall 33). */
function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '').trim();
}

export function upstreamHeaders(
  options: UpstreamHeaderOptions,
  clientHeaders: Readonly<Record<string, string | string[] | undefined>>,
  accept = 'text/event-stream',
): Record<string, string> {
  const picked = pickHeaders(clientHeaders, forwardedRequestHeaders);
  const { 'user-agent': _userAgent, [CLIENT_HEADER]: _client, [VIA_HEADER]: _via, ...forwarded } = picked;
  const headers: Record<string, string> = {
    ...forwarded,
    'content-type': 'application/json',
    accept,
    // A compressed event stream arrives in batches (pitfall 19).
    'accept-encoding': 'identity',
  };
  if (options.apiKey !== '') headers.authorization = `Bearer ${options.apiKey}`;
  const referer = asciiOnly(options.appUrl);
  const title = asciiOnly(options.appTitle);
  if (referer !== '') headers['http-referer'] = referer;
  if (title !== '') headers['x-openrouter-title'] = title;
  return headers;
}
