/** Foreign text for a terminal: what would move the cursor, colour, or turn the writing direction is shown, not obeyed. */

/** C0 but tab and line feed, DEL, C1, U+2028/9, bidi marks. */
const controls =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(controls, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]+/g, ' ');
}
