/** Addresses of workers and servers, whatever a user copies along with them. */

/** What users copy together with the address of an OpenAI-compatible server. */
const copiedPath = /\/v1(?:\/(?:models|chat\/completions|completions|embeddings))?$/;

/** Linear, where `/\/+$/` takes minutes for a long row of slashes. */
export function withoutSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}

/** The part before `/v1`, to which the native paths are added; a prefix (`http://host/api/v1`) stays. */
export function serverAddressOf(url: string): string {
  return withoutSlashes(withoutSlashes(url).replace(copiedPath, ''));
}
