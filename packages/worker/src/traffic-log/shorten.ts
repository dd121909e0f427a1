/** Texts cut to a length that a log can bear. */

/** Characters on each side of the cut that are looked at: no emoji is longer. */
const WINDOW = 64;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * At most `limit` characters (Unicode code points, as Python counts them), then `…[+N]` with the number of those left
 * out, `omitted` ones that never came here among them. What a reader sees as one character, such as 👩‍👩‍👧 or é, is never cut in two. 0 = no limit.
 */
export function shorten(text: string, limit: number, omitted = 0): string {
  if (omitted === 0 && (limit === 0 || text.length <= limit)) return text;
  const at = indexOfCodePoint(text, limit === 0 ? Infinity : limit);
  if (omitted === 0 && at === text.length) return text;
  const end = graphemeStart(text, at);
  return `${text.slice(0, end)}…[+${countCodePoints(text, end) + omitted}]`;
}

/** Where the code point of this number begins, or the end. */
function indexOfCodePoint(text: string, number: number): number {
  let at = 0;
  for (let passed = 0; passed < number && at < text.length; passed += 1) at += isPairAt(text, at) ? 2 : 1;
  return at;
}

function countCodePoints(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; at += isPairAt(text, at) ? 2 : 1) count += 1;
  return count;
}

function isPairAt(text: string, at: number): boolean {
  const isIn = (code: number, first: number): boolean => code >= first && code < first + 0x400;
  return isIn(text.charCodeAt(at), 0xd800) && isIn(text.charCodeAt(at + 1), 0xdc00);
}

/** `at` itself, or the start of the character that it would halve; one longer than the window is halved. */
function graphemeStart(text: string, at: number): number {
  const from = indexBefore(text, at);
  const segment = graphemes.segment(text.slice(from, at + WINDOW)).containing(at - from);
  const start = from + (segment?.index ?? at - from);
  return start > from || from === 0 ? start : at;
}

function indexBefore(text: string, at: number): number {
  const from = Math.max(0, at - WINDOW);
  return from > 0 && isPairAt(text, from - 1) ? from - 1 : from;
}
