/** How a text becomes a field of the traffic log and comes back; both ways are written down in docs/traffic-log.md. */

/**
 * What no line of text may hold: C0 controls but tab, LF and CR, DEL, C1, line and paragraph separators, signs that turn
 * the writing direction, byte order marks, and halves of characters, which UTF-8 cannot carry.
 */
const HIDDEN =
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff';

/** With the flag `u` the range of surrogates finds only those that have no partner. */
const tsvSpecial = new RegExp(`[\\\\\\t\\n\\r${HIDDEN}]`, 'gu');
const csvSpecial = new RegExp(`\\\\+|[${HIDDEN}]`, 'gu');
const hidden = new RegExp(`[${HIDDEN}]`, 'u');

const tsvEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const tsvLetters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const fromCode = (code: string): string => String.fromCharCode(parseInt(code, 16));

/** `\t`, `\n`, `\r`, `\\`, and `\uXXXX` for the rest: the row is one line of six fields whatever the text is. */
export function escapeTsv(text: string): string {
  return text.replace(tsvSpecial, (found) => tsvEscapes[found] ?? escapeCode(found));
}

export function unescapeTsv(field: string): string {
  return field.replace(/\\(?:u([0-9a-f]{4})|(.))/g, (_all, code: string | undefined, letter: string) =>
    code === undefined ? (tsvLetters[letter] ?? letter) : fromCode(code),
  );
}

/**
 * Where a spreadsheet may see a cell begin: at the start, but also after `;`, a tab or a line break, since Excel with
 * Russian settings separates by `;` and then does not know our quotes.
 */
const formulaStart = /(^|[;\t\r\n])(?=["' ]*[=+\-@＝＋－＠])/g;
const guardedStart = /(^|[;\t\r\n])'(?=["' ]*[=+\-@＝＋－＠])/g;

/** RFC 4180: quoted where needed, quotes doubled, line breaks as they are. No formula, see {@link formulaStart}. */
export function escapeCsv(text: string): string {
  const clean = text.replace(csvSpecial, (found, at: number) => {
    if (!found.startsWith('\\')) return escapeCode(found);
    return isLikeEscape(text, at + found.length) ? found + found : found;
  });
  const safe = clean.replace(formulaStart, "$1'");
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Only there must backslashes be doubled, so that `C:\temp` stays what it is. */
function isLikeEscape(text: string, at: number): boolean {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0x20);
  return hidden.test(character) || /^u[0-9a-f]{4}/.test(text.slice(at, at + 5));
}

/** `field` is what a CSV reader gives: without the quotes around it. */
export function unescapeCsv(field: string): string {
  return field
    .replace(guardedStart, '$1')
    .replace(/\\+(?:u([0-9a-f]{4}))?/g, (found, code: string | undefined) => {
      if (code === undefined) return found;
      const backslashes = found.length - 5;
      const kept = '\\'.repeat(Math.floor(backslashes / 2));
      return kept + (backslashes % 2 === 1 ? fromCode(code) : `u${code}`);
    });
}
