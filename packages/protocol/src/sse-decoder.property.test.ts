/** The decoder's main promise, on random streams: however the bytes are cut, the events are the same. */
import { SseDecoder, type SseEvent } from './sse-decoder';

type Random = () => number;

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, bound: number): number => Math.floor(random() * bound);
const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)] as T;

const pieces = [
  ...['data', 'data:', 'data: ', 'event: ', 'id: 1', 'retry: 5', ': ping', ':', ' ', '[DONE]', '{"a":"b"}'],
  ...['\n', '\n', '\n\n', '\r\n', '\r\n\r\n', '\r', '\r\r', '\uFEFF', 'я', '€', '😀', '\u0085', '\u2028'],
];

/** A stream of pieces in which everything that the decoder minds is frequent; sometimes with broken UTF-8. */
function randomStream(random: Random): Uint8Array {
  const text = Array.from({ length: below(random, 60) }, () => oneOf(random, pieces)).join('');
  const bytes = new TextEncoder().encode(random() < 0.2 ? `\uFEFF${text}` : text);
  if (random() < 0.2 && bytes.length > 0) bytes[below(random, bytes.length)] = below(random, 256);
  return bytes;
}

function randomCut(random: Random, bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const longest = oneOf(random, [1, 2, 3, 7, 40]);
  for (let from = 0; from < bytes.length;) {
    const end = from + below(random, longest + 1);
    chunks.push(bytes.slice(from, end));
    from = end;
  }
  return chunks;
}

function decode(chunks: readonly Uint8Array[]): SseEvent[] {
  const decoder = new SseDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** The rules of the standard in their shortest form, for a whole text. */
function decodeWhole(bytes: Uint8Array): SseEvent[] {
  const events: SseEvent[] = [];
  let data: string[] = [];
  let event = '';
  for (const line of [...new TextDecoder().decode(bytes).split(/\r\n|\n|\r/), '']) {
    if (line === '') {
      if (data.length > 0) events.push({ event: event === '' ? 'message' : event, data: data.join('\n') });
      data = [];
      event = '';
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? [];
    if (field === 'data') data.push(value);
    if (field === 'event') event = value;
  }
  return events;
}

it('any cut of the same bytes gives the events that the standard gives for the whole', () => {
  for (let seed = 1; seed <= 1_500; seed += 1) {
    const random = createRandom(seed);
    const bytes = randomStream(random);
    const expected = { seed, events: decodeWhole(bytes) };
    expect({ seed, events: decode([bytes]) }).toEqual(expected);
    for (let cut = 0; cut < 4; cut += 1) {
      expect({ seed, events: decode(randomCut(random, bytes)) }).toEqual(expected);
    }
  }
});

it('a stream of many characters may be cut at each single byte', () => {
  const bytes = new TextEncoder().encode('\uFEFFdata: Привет, 世界 😀\r\n\r\nevent: é\rdata: ‰\r\rdata: end');
  const expected = decodeWhole(bytes);
  expect(expected).toHaveLength(3);
  for (let at = 0; at <= bytes.length; at += 1) {
    expect({ at, events: decode([bytes.slice(0, at), bytes.slice(at)]) }).toEqual({ at, events: expected });
  }
});
