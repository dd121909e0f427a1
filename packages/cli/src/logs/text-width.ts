/** How many columns of a terminal a text takes: two for emoji and East Asian characters, none for marks. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Unicode's East Asian Width W and F, in the blocks that people meet. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

const widthOf = (grapheme: string): number =>
  wide.test(grapheme) ? 2 : /^[\p{Mark}\p{Format}]+$/u.test(grapheme) ? 0 : 1;

/** The text in exactly so many columns: filled with blanks, or cut with `…`. */
export function fit(text: string, columns: number): string {
  let shown = '';
  let width = 0;
  let last = '';
  for (const { segment } of graphemes.segment(text.slice(0, columns * 16))) {
    const next = width + widthOf(segment);
    if (next > columns) {
      // Where no column is left the last character gives its place to the sign of what is missing.
      if (width < columns) return `${shown}…${' '.repeat(columns - 1 - width)}`;
      const kept = shown.slice(0, shown.length - last.length);
      return `${kept}…${' '.repeat(widthOf(last) - 1)}`;
    }
    shown += segment;
    width = next;
    last = segment;
  }
  return shown + ' '.repeat(columns - width);
}

/** One line without anything that moves a cursor or turns the text. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ⏎ ')
    .replaceAll('\t', ' ')
    .replace(/[\p{Control}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu, '·');
}
