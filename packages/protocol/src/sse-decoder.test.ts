/** The rules of WHATWG HTML §9.2.6 as the decoder keeps them. */
import { SSE_EVENT_LIMIT, SseDecoder, SseEventTooLargeError, type SseEvent } from './sse-decoder';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All events of a stream that comes in these chunks and then ends. */
function decode(...chunks: (string | Uint8Array)[]): SseEvent[] {
  const decoder = new SseDecoder();
  const events = chunks.flatMap((chunk) => decoder.push(typeof chunk === 'string' ? bytes(chunk) : chunk));
  return [...events, ...decoder.end()];
}

const dataOf = (events: readonly SseEvent[]): string[] => events.map(({ data }) => data);

describe('lines', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('%s ends a line', (_name, end) => {
    expect(dataOf(decode(['data: a', 'data: b', '', 'data: c', '', ''].join(end)))).toEqual(['a\nb', 'c']);
  });

  it('mixed line ends are understood in one stream', () => {
    expect(dataOf(decode('data: a\r\n\rdata: b\n\r\ndata: c\r\r'))).toEqual(['a', 'b', 'c']);
  });

  it('a CRLF cut between two chunks is one line end', () => {
    expect(dataOf(decode('data: a\r', '\ndata: b\r', '\n\r', '\ndata: c\n\n'))).toEqual(['a\nb', 'c']);
  });

  it('an empty chunk between CR and LF changes nothing', () => {
    expect(dataOf(decode('data: a\r', '', '\ndata: b\n\n'))).toEqual(['a\nb']);
  });

  it('a CR at the end of a chunk ends its line at once', () => {
    const decoder = new SseDecoder();
    expect(dataOf(decoder.push(bytes('data: a\r\r')))).toEqual(['a']);
    expect(decoder.push(bytes('\n'))).toEqual([]);
  });

  it('a byte order mark at the start is skipped, even when it is cut', () => {
    const [first, ...rest] = bytes('\uFEFFdata: a\n\n');
    expect(dataOf(decode(Uint8Array.of(first ?? 0), Uint8Array.from(rest)))).toEqual(['a']);
  });

  it('a byte order mark later on belongs to the text', () => {
    expect(dataOf(decode('data: a\n\n', '\uFEFFdata: b\n\n', 'data: \uFEFFc\n\n'))).toEqual(['a', '\uFEFFc']);
  });
});

describe('fields', () => {
  it('data needs no space after its colon, and loses one only', () => {
    expect(dataOf(decode('data:a\n\ndata:  b\n\n'))).toEqual(['a', ' b']);
  });

  it('several data lines are joined by LF', () => {
    expect(dataOf(decode('data: a\ndata:\ndata: c\n\n'))).toEqual(['a\n\nc']);
  });

  it('a line without a colon is a field with an empty value', () => {
    expect(dataOf(decode('data\ndata\n\n'))).toEqual(['\n']);
  });

  it('colons inside the value stay', () => {
    expect(dataOf(decode('data: {"a":"b:c"}\n\n'))).toEqual(['{"a":"b:c"}']);
  });

  it('comments are ignored, also between the data lines of one event', () => {
    expect(dataOf(decode(': ping\ndata: a\n:\n: OPENROUTER PROCESSING\ndata: b\n\n: ping\n\n'))).toEqual([
      'a\nb',
    ]);
  });

  it('id, retry and unknown fields are ignored', () => {
    expect(dataOf(decode('id: 7\nretry: 100\nfoo: bar\n data: x\ndatas: y\ndata: a\n\n'))).toEqual(['a']);
  });

  it('the event field names its own event only', () => {
    expect(decode('event: error\ndata: a\n\ndata: b\n\n')).toEqual([
      { event: 'error', data: 'a' },
      { event: 'message', data: 'b' },
    ]);
  });

  it('an event without data is not dispatched, and its name is forgotten', () => {
    expect(decode('event: error\n\ndata: b\n\n')).toEqual([{ event: 'message', data: 'b' }]);
  });
});

describe('the end of the stream', () => {
  it('an event without its blank line is given out', () => {
    expect(dataOf(decode('data: a\n\ndata: b\n'))).toEqual(['a', 'b']);
  });

  it('an event without any line end is given out', () => {
    expect(dataOf(decode('data: a\n\ndata: [DO', 'NE]'))).toEqual(['a', '[DONE]']);
  });

  it('a stream that ended properly gives nothing more', () => {
    const decoder = new SseDecoder();
    expect(decoder.push(bytes('data: a\n\n'))).toHaveLength(1);
    expect(decoder.end()).toEqual([]);
  });

  it('a character that was cut off becomes a replacement character', () => {
    expect(dataOf(decode(bytes('data: я').slice(0, -1)))).toEqual(['\uFFFD']);
  });
});

describe('the limit', () => {
  const limited = (limit: number, ...chunks: string[]): string[] => {
    const decoder = new SseDecoder(limit);
    return dataOf([...chunks.flatMap((chunk) => decoder.push(bytes(chunk))), ...decoder.end()]);
  };

  it('an event of exactly the limit passes', () => {
    expect(limited(10, 'data: 1234\n\n')).toEqual(['1234']);
  });

  it('a longer line is an error, ended or not', () => {
    expect(() => limited(10, 'data: 12345\n\n')).toThrow(SseEventTooLargeError);
    expect(() => limited(10, 'data: ', '12345')).toThrow(SseEventTooLargeError);
  });

  it('what came whole before it is told first, wherever the bytes are cut', () => {
    const decoder = new SseDecoder(10);
    expect(dataOf(decoder.push(bytes('data: 1\n\ndata: 1234567890')))).toEqual(['1']);
    expect(() => decoder.push(bytes('x'))).toThrow(SseEventTooLargeError);
    expect(() => decoder.end()).toThrow(SseEventTooLargeError);
  });

  it('the lines of one event count together', () => {
    expect(() => limited(10, 'data: 1\n', 'data: 2\n\n')).toThrow(SseEventTooLargeError);
  });

  it('each event counts for itself', () => {
    expect(limited(10, 'data: 1\n\n'.repeat(50))).toHaveLength(50);
  });

  it('many comments do not count, whole or cut', () => {
    expect(limited(10, ': ping\n'.repeat(50), ...Array<string>(50).fill(': ping\n'), 'data: 1\n\n')).toEqual([
      '1',
    ]);
    expect(limited(10, ...Array.from(': ping\n'.repeat(50)), 'data: 1234\n\n')).toEqual(['1234']);
  });

  it('one comment is bounded as well', () => {
    expect(() => limited(10, ': 1234567890')).toThrow(SseEventTooLargeError);
  });

  it('the usual limit lets an event of many megabytes through', () => {
    const text = 'x'.repeat(SSE_EVENT_LIMIT - 'data: '.length);
    expect(decode(`data: ${text}\n\n`)[0]?.data).toHaveLength(text.length);
  });

  it('a long line in chunks of one byte is joined', () => {
    const text = 'x'.repeat(300_000);
    const decoder = new SseDecoder();
    const events: SseEvent[] = [];
    for (const byte of bytes(`data: ${text}\n\n`)) events.push(...decoder.push(Uint8Array.of(byte)));
    expect(dataOf(events)).toEqual([text]);
  });
});
