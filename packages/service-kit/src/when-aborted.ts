/** Follows a signal that may have aborted before anyone looked: it tells its listeners of that no more. */

/** Calls once, at once where the signal has aborted already. The result stops listening. */
export function whenAborted(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
  return () => signal.removeEventListener('abort', call);
}
