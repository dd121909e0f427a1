/** Writing server-sent events (WHATWG HTML §9.2): bare `data:` lines, LF, one JSON a line. */

/** Ends every stream, whatever happened before (OpenAI). */
export const SSE_DONE = 'data: [DONE]\n\n';

/**
 * Fills a silence. A comment and its line end only: with a blank line after it, openai-python up to 2.37 dispatches
 * an empty event once it has seen an `id:` (pitfall 3).
 */
export const SSE_PING = ': ping\n';

/** One event. `JSON.stringify` escapes line breaks, so the event is always one line. */
export function encodeSseData(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
