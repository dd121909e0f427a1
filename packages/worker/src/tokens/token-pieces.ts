/** Cuts a text where a tokenizer would cut it anyway, so that no piece is expensive. */

/** Characters of a piece: what is counted at one go. */
const PIECE_LENGTH = 16 * 1024;
/**
 * Longest word. Merging byte pairs costs the square of a word's length: a megabyte of one letter would take minutes.
 * Real words are shorter; a text without spaces (Chinese, base64) is counted about one per cent too high.
 */
const RUN_LENGTH = 64;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** White space as `\s` understands it, line ends apart. */
function isGap(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 12);
  return code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));
}

/** The text in pieces; joined they are the text. No surrogate pair is torn. */
export function* tokenPieces(text: string): Generator<string> {
  let from = 0;
  let run = 0;
  let wasGap = false;
  /** Start of the last white space: a token never reaches across it from the left. */
  let lastGap = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // A line end belongs to the run it stands in, be it of spaces or of signs: the tokenizers' patterns join both.
    if (code === LINE_FEED || code === CARRIAGE_RETURN) run += 1;
    else {
      const isSpace = isGap(code);
      if (isSpace && !wasGap) lastGap = at;
      run = isSpace === wasGap ? run + 1 : 1;
      wasGap = isSpace;
    }
    const isWithinPair = code >= 0xdc00 && code <= 0xdfff;
    if (isWithinPair) continue;
    if (run > RUN_LENGTH) {
      yield text.slice(from, at);
      from = at;
      run = 1;
    } else if (at - from >= PIECE_LENGTH) {
      const cut = lastGap > from ? lastGap : at;
      yield text.slice(from, cut);
      from = cut;
    }
  }
  if (from < text.length) yield text.slice(from);
}
