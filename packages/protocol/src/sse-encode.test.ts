/** What the encoder writes is what the decoder reads. */
import { SseDecoder } from './sse-decoder';
import { encodeSseData, SSE_DONE, SSE_PING } from './sse-encode';

function decode(text: string): string[] {
  return new SseDecoder().push(new TextEncoder().encode(text)).map(({ data }) => data);
}

it('an event is one data line and a blank line', () => {
  expect(encodeSseData({ a: 1 })).toBe('data: {"a":1}\n\n');
});

it('line breaks inside a text do not break the event', () => {
  const value = { text: 'a\nb\r\nc\rd\u2028e\n\ndata: f' };
  const written = encodeSseData(value);
  expect(written.match(/[\r\n]/g)).toHaveLength(2);
  expect(decode(written).map((data) => JSON.parse(data) as unknown)).toEqual([value]);
});

it('the end mark is an event whose data is [DONE]', () => {
  expect(decode(SSE_DONE)).toEqual(['[DONE]']);
});

it('a ping is a comment without a blank line, so no client dispatches an event', () => {
  expect(SSE_PING).toBe(': ping\n');
  expect(decode(`data: a\n${SSE_PING}data: b\n\n`)).toEqual(['a\nb']);
});
