/** An answer with an error status, whatever its body is. */
import { AnswerBody } from '@orcestator/service-kit';
import { readErrorAnswer } from './read-error-answer';

const read = (status: number, body: string, headers: Record<string, string> = {}) =>
  readErrorAnswer({ status, headers, body: AnswerBody.of(Buffer.from(body)) }, (text) => text);
const error = { message: 'Too many tokens', code: 429 };

it.each([
  ['an object', JSON.stringify({ error })],
  ["Google's list of one", JSON.stringify([{ error }])],
  ['an event of a stream', `: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify({ error })}\n\n`],
  ['an error wrapped once more', JSON.stringify({ error: { error } })],
  ['a bare error', JSON.stringify(error)],
])('%s tells its message', async (_name, body) => {
  expect(await read(429, body)).toMatchObject({ kind: 'rate_limit', message: 'Too many tokens.' });
});

it.each([
  ['a page', '<html>502</html>'],
  ['nothing', ''],
  ['an error field that says nothing', '{"error":null}'],
])('%s: the status says it all (pitfall 14)', async (_name, body) => {
  expect(await read(503, body)).toMatchObject({
    kind: 'overloaded',
    message: 'The upstream answered 503 without saying why.',
  });
});

it("a date to wait for is counted from the answer's own date", async () => {
  const head = { date: 'Thu, 26 Nov 2026 12:00:00 GMT', 'retry-after': 'Thu, 26 Nov 2026 12:00:04 GMT' };
  expect(await read(429, JSON.stringify({ error }), head)).toMatchObject({ retryAfter: 4_000 });
});
